import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_ENV, removeScratch, run, scratch, startDaemon } from './engines.ts';
import type { Daemon } from './engines.ts';

/** A Docker Engine of one's own: data, socket and network (none) are private, and gone after `stop`. */
export class Docker {
  readonly dir: string;
  readonly #daemon: Daemon;

  private constructor(dir: string, daemon: Daemon) {
    this.dir = dir;
    this.#daemon = daemon;
  }

  static async start(): Promise<Docker> {
    const dir = scratch('docker');
    mkdirSync(join(dir, 'exec'));
    const paths = ['--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec'), '--pidfile', join(dir, 'pid')];
    const isolation = ['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'];
    const args = ['-H', socket(dir), ...paths, ...isolation];
    const daemon = await startDaemon('dockerd', args, join(dir, 'log'), () => docker(dir, ['version']));
    return new Docker(dir, daemon);
  }

  get pid(): number {
    return this.#daemon.pid;
  }

  /** The environment in which the `docker` client talks to this engine. */
  get env(): NodeJS.ProcessEnv {
    return { ...ENGINE_ENV, DOCKER_HOST: socket(this.dir), DOCKER_CONFIG: this.dir };
  }

  /** `docker ARGS`: its standard output, trimmed. */
  docker(...args: string[]): Promise<string> {
    return docker(this.dir, args);
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await removeScratch(this.dir);
  }
}

function socket(dir: string): string {
  return `unix://${join(dir, 'docker.sock')}`;
}

async function docker(dir: string, args: string[]): Promise<string> {
  const env = { ...ENGINE_ENV, DOCKER_HOST: socket(dir), DOCKER_CONFIG: dir };
  return (await run('docker', args, env)).trim();
}
