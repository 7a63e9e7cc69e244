import { lstat, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { SIDECAR_SUFFIX } from '../../core/service/keys.ts';
import { Draft, isTemporary, once, replaceWhole } from '../../node/files.ts';
import { placeIn } from '../../node/folder-store.ts';
import { FORGET_MS, type Inbox, type Incoming, NO_OPTIONS } from './inbox.ts';

/**
 * Puts together the files that users send through the page, in the folder of uploads. Until it is complete, a file is a
 * hidden temporary one beside its final place, so that it appears by a renaming.
 */
export class FolderInbox implements Inbox {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async begin(key: string, size: number): Promise<Incoming | null> {
    const [place, sidecar] = [await placeIn(this.#folder, key), await placeIn(this.#folder, key + SIDECAR_SUFFIX)];
    if (place === null || sidecar === null) return null;
    return new IncomingFile(await Draft.replacing(place), size, sidecar);
  }

  /** Removes what a killed process has left: the temporary files in the folder that have not changed for an hour. */
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

class IncomingFile implements Incoming {
  received = 0;
  readonly #draft: Draft;
  readonly #size: number;
  readonly #sidecar: string;

  constructor(draft: Draft, size: number, sidecar: string) {
    this.#draft = draft;
    this.#size = size;
    this.#sidecar = sidecar;
  }

  async append(chunk: Uint8Array): Promise<void> {
    await this.#draft.write(chunk, this.received);
    this.received += chunk.length;
  }

  async finish(options: Uint8Array | null): Promise<void> {
    // Written even without options: those of an earlier upload must not count for this one.
    await replaceWhole(this.#sidecar, once(options ?? NO_OPTIONS));
    await this.#draft.commit(this.#size, true);
  }

  async discard(): Promise<void> {
    await this.#draft.discard().catch(() => undefined);
  }
}
