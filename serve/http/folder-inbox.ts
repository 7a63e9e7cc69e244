import { lstat, readdir, rm, rmdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { SIDECAR_SUFFIX } from '../../core/service/keys.ts';
import { Draft, isTemporary, once, replaceWhole } from '../../node/files.ts';
import { placeIn } from '../../node/folder-store.ts';
import { FORGET_MS, type Inbox, type Incoming, NO_OPTIONS } from './inbox.ts';

/**
 * Receives the files that users send through the web page, and stores them in the folder of uploads. Until it is
 * complete, a file is a hidden temporary file beside its final place. Then it is renamed, so that it appears as a
 * whole.
 */
export class FolderInbox implements Inbox {
  readonly #folder: string;
  readonly #made: MadeFolders;

  constructor(folder: string) {
    this.#folder = folder;
    this.#made = new MadeFolders(folder);
  }

  async begin(key: string, size: number): Promise<Incoming | null> {
    await this.#made.expect(key);
    let file: Incoming | null = null;
    try {
      const [place, sidecar] = [await placeIn(this.#folder, key), await placeIn(this.#folder, key + SIDECAR_SUFFIX)];
      if (place === null || sidecar === null) return null;
      return (file = new IncomingFile(await Draft.replacing(place), size, sidecar, this.#made, key));
    } finally {
      if (file === null) await this.#made.remove(key);
    }
  }

  /**
   * Removes what a killed process has left in the folder of uploads: the temporary files that have not changed for an
   * hour.
   */
  async sweep(): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((each) => each.isFile() && isTemporary(each.name))) {
      const path = join(entry.parentPath, entry.name);
      const stats = await lstat(path).catch(() => null);
      if (stats !== null && Date.now() - stats.mtimeMs > FORGET_MS) await rm(path, { force: true });
    }
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.#folder);
    return bavail * bsize;
  }
}

/**
 * The folders that were made for uploads which are not complete yet. If such an upload is cancelled, its folders are
 * removed.
 */
class MadeFolders {
  readonly #root: string;
  readonly #paths = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Notes which folders in the path of the file with this key do not exist yet: they will be made for this upload. */
  async expect(key: string): Promise<void> {
    for (const path of foldersTo(this.#root, key)) if (!(await isThere(path))) this.#paths.add(path);
  }

  /** Forgets the folders that were noted for the file with this key, so that they stay: the file is complete. */
  keep(key: string): void {
    for (const path of foldersTo(this.#root, key)) this.#paths.delete(path);
  }

  /** Removes the folders that were noted for the file with this key, if they are empty. */
  async remove(key: string): Promise<void> {
    for (const path of foldersTo(this.#root, key)) {
      if (!this.#paths.has(path)) continue;
      await rmdir(path).catch(() => undefined);
      if (!(await isThere(path))) this.#paths.delete(path);
    }
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}

/** Returns the paths of the folders below `root` that lead to the file with this key, the innermost first. */
function foldersTo(root: string, key: string): string[] {
  const names = key.split('/').slice(0, -1);
  return names.map((_, i) => join(root, names.slice(0, i + 1).join('/'))).toReversed();
}

class IncomingFile implements Incoming {
  received = 0;
  readonly #draft: Draft;
  readonly #size: number;
  readonly #sidecar: string;
  readonly #folders: MadeFolders;
  readonly #key: string;

  constructor(draft: Draft, size: number, sidecar: string, folders: MadeFolders, key: string) {
    this.#draft = draft;
    this.#size = size;
    this.#sidecar = sidecar;
    this.#folders = folders;
    this.#key = key;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#draft.write(chunk, this.received);
    this.received += chunk.length;
  }

  async finish(options: Uint8Array | null): Promise<void> {
    // Written even without options: those of an earlier upload must not count for this one.
    await replaceWhole(this.#sidecar, once(options ?? NO_OPTIONS));
    await this.#draft.commit(this.#size, true);
    this.#folders.keep(this.#key);
  }

  async discard(): Promise<void> {
    await this.#draft.discard().catch(() => undefined);
    await this.#folders.remove(this.#key);
  }
}
