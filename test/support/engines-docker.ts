import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { STORE } from './engines-store.ts';
import { type Daemon, ENGINE_ENV, removeScratch, run, scratch, startDaemon } from './engines.ts';

const SOCKET = 'docker.sock';

/** A private Docker Engine: its data and socket are removed by `stop`, and it has no network. */
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
    const isolation = ['--iptables=false', '--ip6tables=false', '--bridge=none', ...STORE.dockerd];
    const args = ['-H', `unix://${join(dir, SOCKET)}`, ...paths, ...isolation];
    const daemon = await startDaemon('dockerd', args, join(dir, 'log'), () => docker(dir, ['version']));
    return new Docker(dir, daemon);
  }

  get pid(): number {
    return this.#daemon.pid;
  }

  /** The path of the Unix socket of the Engine API. */
  get socketPath(): string {
    return join(this.dir, SOCKET);
  }

  /** The environment in which the `docker` client talks to this engine. */
  get env(): NodeJS.ProcessEnv {
    return clientEnv(this.dir);
  }

  /** Runs `docker ARGS` and returns its standard output, trimmed. */
  docker(...args: string[]): Promise<string> {
    return docker(this.dir, args);
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await removeScratch(this.dir);
  }
}

function clientEnv(dir: string): NodeJS.ProcessEnv {
  return { ...ENGINE_ENV, DOCKER_HOST: `unix://${join(dir, SOCKET)}`, DOCKER_CONFIG: dir };
}

async function docker(dir: string, args: string[]): Promise<string> {
  return (await run('docker', args, clientEnv(dir))).trim();
}
