import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { STORE } from './engines-store.ts';
import { removeScratch, run, scratch } from './engines.ts';

/** Buildah with a store of its own. */
export class Buildah {
  readonly dir: string = scratch('buildah');

  /** Runs `buildah ARGS` and returns its standard output, trimmed. */
  async buildah(...args: string[]): Promise<string> {
    return (await run('buildah', [...this.globals, ...args])).trim();
  }

  /** The global options that make buildah use this store. */
  get globals(): string[] {
    return ['--root', join(this.dir, 'root'), '--runroot', join(this.dir, 'run'), '--storage-driver', STORE.driver];
  }

  /** Runs a command in a working container, without a container engine. */
  run(container: string, ...command: string[]): Promise<string> {
    return this.buildah('run', '--isolation', 'chroot', container, '--', ...command);
  }

  async stop(): Promise<void> {
    await this.buildah('rm', '--all');
    await removeScratch(this.dir);
  }
}

/** Copies one image to another place with `skopeo copy`. */
export async function skopeoCopy(from: string, to: string, ...options: string[]): Promise<void> {
  await run('skopeo', ['copy', '--quiet', '--insecure-policy', ...options, from, to]);
}

/** Packs the content of a folder; the names of its members begin with `./` when `dotted`. */
export async function tarFolder(folder: string, file: string, dotted: boolean): Promise<void> {
  if (dotted) await run('tar', ['-C', folder, '-cf', file, '.']);
  else await run('sh', ['-c', 'cd "$0" && tar -cf "$1" *', folder, file]);
}

/** Unpacks an archive into a new folder, and returns that. */
export async function untar(file: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await run('tar', ['-C', folder, '-xf', file]);
  return folder;
}
