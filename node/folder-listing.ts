import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SIDECAR_SUFFIX } from '../core/service/keys.ts';
import { etagOf, isTemporary } from './files.ts';

/** The files in a folder of uploads. */
export interface Listing {
  /** The ETag of each upload in the folder by its key, in the order of the keys. */
  uploads: Map<string, string>;
  /**
   * The files in the folder that are passed over although they look like uploads, such as symbolic links: the reason
   * for each, by its path.
   */
  passedOver: Map<string, string>;
}

/**
 * Lists the uploads in a folder and all folders inside it. It follows no links and opens no files, so that nothing can
 * make it wait or lead it outside. Inner folders that cannot be read are passed over; for the folder itself, the
 * system's error is thrown.
 */
export async function listUploads(folder: string): Promise<Listing> {
  const uploads = new Map<string, string>();
  const passedOver = new Map<string, string>();
  const folders = [''];
  for (let inside = folders.pop(); inside !== undefined; inside = folders.pop()) {
    for (const entry of await entriesIn(folder, inside, passedOver)) {
      const name = entry.name.toString();
      const key = inside + name;
      if (isHidden(name)) continue;
      if (!isUtf8(entry.name)) passedOver.set(key, 'its name is not UTF-8. Rename the file');
      else if (entry.isDirectory()) folders.push(`${key}/`);
      else if (!entry.isFile()) passedOver.set(key, `it is ${kindOf(entry)}`);
      else if (!key.endsWith(SIDECAR_SUFFIX)) await note(folder, key, uploads);
    }
  }
  return { uploads: new Map([...uploads].toSorted(([a], [b]) => (a < b ? -1 : 1))), passedOver };
}

/**
 * The entries of a folder inside the folder of uploads. Names are read as bytes: as texts, Node would replace invalid
 * UTF-8 by U+FFFD, and not find the file.
 */
async function entriesIn(folder: string, inside: string, passedOver: Map<string, string>): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(join(folder, inside), { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    if (inside === '') throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code !== 'ENOENT') passedOver.set(inside, `the folder cannot be read (${code})`);
    return [];
  }
}

async function note(folder: string, key: string, uploads: Map<string, string>): Promise<void> {
  const stats = await lstat(join(folder, key), { bigint: true }).catch(() => null);
  if (stats?.isFile() === true) uploads.set(key, etagOf(stats));
}

/** True for the names of hidden files and folders, and of temporary files. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || isTemporary(name);
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a named pipe';
  return entry.isSocket() ? 'a socket' : 'a device';
}
