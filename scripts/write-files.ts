import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The folder for files that are not complete yet. It is outside of `dist/`, which another process may be packing. */
const DRAFTS = join(ROOT, 'node_modules/.cache');

/**
 * Writes `files`, the contents by path, into a folder: only what has changed, and each file in one step, so that
 * several processes may do it at once. Then removes all other files whose path in the folder matches `old`.
 */
export async function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>, old: RegExp): Promise<void> {
  await mkdir(DRAFTS, { recursive: true });
  for (const [name, contents] of files) {
    const path = join(folder, name);
    const before = await readFile(path).catch(() => null);
    if (before?.equals(contents) === true) continue;
    const draft = join(DRAFTS, `lading-${process.pid}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(draft, contents);
    await rename(draft, path);
  }
  const there = await readdir(folder, { recursive: true });
  for (const name of there) if (old.test(name) && !files.has(name)) await rm(join(folder, name), { force: true });
}
