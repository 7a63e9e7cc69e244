import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STORE } from './engines-store.ts';
import { type Daemon, removeScratch, run, scratch, startDaemon, versionOf } from './engines.ts';

/**
 * The configuration of a containerd, without its service for Kubernetes. Since version 2, that service opens a socket
 * that has the same path in each containerd, so of two that start at the same moment, one would fail.
 */
const CONFIG = 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n';

/** A private containerd, used through `ctr`. */
export class Containerd {
  readonly #dir: string;
  readonly #daemon: Daemon;
  readonly version: string;

  private constructor(dir: string, daemon: Daemon, version: string) {
    this.#dir = dir;
    this.#daemon = daemon;
    this.version = version;
  }

  static async start(): Promise<Containerd> {
    const dir = scratch('containerd');
    const config = join(dir, 'config.toml'); // so that the configuration of the system is not used
    writeFileSync(config, CONFIG);
    const args = ['--config', config, '--root', join(dir, 'r'), '--state', join(dir, 's'), '-a', socket(dir)];
    const daemon = await startDaemon('containerd', args, join(dir, 'log'), () => ctr(dir, ['version']));
    return new Containerd(dir, daemon, await versionOf('containerd'));
  }

  /** Runs `ctr ARGS` and returns its standard output, trimmed. */
  ctr(...args: string[]): Promise<string> {
    return ctr(this.#dir, args);
  }

  /** Imports and unpacks images with `ctr images import`. */
  async import(file: string, ...options: string[]): Promise<void> {
    // Since version 2, containerd unpacks with the snapshotter of the daemon.
    const place = this.version.startsWith('1.') ? ['--snapshotter', STORE.snapshotter] : [];
    await this.ctr('images', 'import', ...place, ...options, file);
  }

  /** Runs a container of an imported image with `ctr run`, without a network, and returns its output. */
  async run(image: string, ...command: string[]): Promise<string> {
    const id = `lading-${process.pid}-${Date.now()}`;
    // On a busy machine, ctr itself can lose the last output of a container, so it goes to a file.
    const printed = join(this.#dir, `${id}.log`);
    writeFileSync(printed, '');
    const place = ['--snapshotter', STORE.snapshotter, '--runc-root', join(this.#dir, 'runc')];
    await this.ctr('run', '--rm', '--log-uri', `file://${printed}`, ...place, image, id, ...command);
    return readFileSync(printed, 'utf8').trim();
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await removeScratch(this.#dir);
  }
}

function socket(dir: string): string {
  return join(dir, 'ctd.sock');
}

async function ctr(dir: string, args: string[]): Promise<string> {
  return (await run('ctr', ['-a', socket(dir), ...args])).trim();
}
