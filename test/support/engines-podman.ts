import { join } from 'node:path';
import { STORE } from './engines-store.ts';
import { removeScratch, run, scratch } from './engines.ts';

/** The options of podman to run a container where limits cannot be raised and cgroups are hybrid. */
const RUN = ['--network', 'none', '--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

/** Podman with a store of its own. */
export class Podman {
  readonly dir: string = scratch('podman');

  /** Runs `podman ARGS` and returns its standard output, trimmed. */
  async podman(...args: string[]): Promise<string> {
    return (await run('podman', [...this.globals, ...args])).trim();
  }

  /** The global options that make podman use this store. */
  get globals(): string[] {
    const paths = [
      '--root',
      join(this.dir, 'root'),
      '--runroot',
      join(this.dir, 'run'),
      '--tmpdir',
      join(this.dir, 'tmp'),
    ];
    const habits = [
      `--storage-driver=${STORE.driver}`,
      '--cgroup-manager=cgroupfs',
      '--events-backend=none',
      '--runtime=runc',
    ];
    return [...paths, ...habits];
  }

  /** Runs `podman run ARGS` without a network. */
  run(...args: string[]): Promise<string> {
    return this.podman('run', ...RUN, ...args);
  }

  async stop(): Promise<void> {
    await this.podman('rm', '--all', '--force');
    await removeScratch(this.dir);
  }
}
