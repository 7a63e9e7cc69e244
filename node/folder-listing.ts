import { isUtf8 } from 'node:buffer';
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isSidecar } from '../core/service/keys.ts';
import { etagOf, isTemporary } from './files.ts';

/** The files in a folder of uploads. */
export interface Listing {
  /**
   * The files to convert, sorted by key, which is their path in the folder. The map gives for each key the ETag, a text
   * that identifies the state of the file.
   */
  uploads: Map<string, string>;
  /**
   * What lies in the folder but cannot be converted, such as links and folders that cannot be read. The map gives for
   * each path the reason, in words.
   */
  passedOver: Map<string, string>;
}

/**
 * Lists the uploads in a folder and all folders inside it. Leaves out hidden files and sidecars. It follows no links
 * and opens no files, so nothing can make it wait or lead it outside. It skips inner folders that it cannot read. If it
 * cannot read the folder itself, it throws the system's error.
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
      else if (!isSidecar(key)) await note(folder, key, uploads);
    }
  }
  return { uploads: new Map([...uploads].toSorted(([a], [b]) => (a < b ? -1 : 1))), passedOver };
}

/**
 * Lists what is in the folder `inside` of `folder`. An inner folder that cannot be read counts as empty, and
 * `passedOver` gets the reason; none if the folder was deleted meanwhile. Names are read as bytes: Node would replace
 * invalid UTF-8 in a text by U+FFFD, and then not find the file.
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

/** True for the name of a hidden file (it begins with a dot) or of a temporary file. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || isTemporary(name);
}

function kindOf(entry: Dirent<Buffer>): string {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isFIFO()) return 'a named pipe';
  return entry.isSocket() ? 'a socket' : 'a device';
}
