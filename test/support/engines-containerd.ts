import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STORE } from './engines-store.ts';
import { type Daemon, removeScratch, run, scratch, startDaemon, versionOf } from './engines.ts';

/** A containerd of one's own, spoken to with `ctr`. */
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
    const config = join(dir, 'config.toml'); // empty: the system's own is not ours
    writeFileSync(config, '');
    const args = ['--config', config, '--root', join(dir, 'r'), '--state', join(dir, 's'), '-a', socket(dir)];
    const daemon = await startDaemon('containerd', args, join(dir, 'log'), () => ctr(dir, ['version']));
    return new Containerd(dir, daemon, await versionOf('containerd'));
  }

  /** `ctr ARGS`: its standard output, trimmed. */
  ctr(...args: string[]): Promise<string> {
    return ctr(this.#dir, args);
  }

  /** `ctr images import`, by which the images are unpacked as well. */
  async import(file: string, ...options: string[]): Promise<void> {
    // Since version 2 it unpacks with the daemon's own snapshotter.
    const place = this.version.startsWith('1.') ? ['--snapshotter', STORE.snapshotter] : [];
    await this.ctr('images', 'import', ...place, ...options, file);
  }

  /** `ctr run` of an image that was imported, without a network. */
  async run(image: string, ...command: string[]): Promise<string> {
    const id = `lading-${process.pid}-${Date.now()}`;
    // ctr itself can lose what a container printed at its very end, on a busy machine.
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
