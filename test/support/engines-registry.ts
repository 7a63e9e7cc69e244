import { join } from 'node:path';
import { type Daemon, removeScratch, run, scratch, startDaemon } from './engines.ts';
import { freePort } from './s3-engine.ts';

/** A private registry, with crane to talk to it. */
export class Registry {
  readonly address: string;
  readonly #daemon: Daemon;
  readonly #dir: string;

  private constructor(address: string, daemon: Daemon, dir: string) {
    this.address = address;
    this.#daemon = daemon;
    this.#dir = dir;
  }

  static async start(port?: number): Promise<Registry> {
    const dir = scratch('registry');
    const address = `localhost:${port ?? (await freePort())}`;
    const daemon = await startDaemon('crane', ['registry', 'serve', '--address', address], join(dir, 'log'), () =>
      run('crane', ['catalog', '--insecure', address]),
    );
    return new Registry(address, daemon, dir);
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    await removeScratch(this.#dir);
  }
}
