import { contentsInOrder } from '../files/file-contents.ts';
import type { MergedFile } from '../files/merged-file.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import type { Digest } from '../model/digest.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import type { Duplicates } from './facts.ts';
import { Largest } from './largest.ts';
import { bytesOfReading, type ReadingBudget } from './reading-budget.ts';

/** A large file of an image. Its content is compared with that of other files, if these have the same size. */
interface Candidate {
  path: string;
  bytes: number;
  file: MergedFile;
}

/**
 * Finds large files of an image with the same content. Only files of at least `LIMITS.largeFileBytes` that have the
 * same size as another one are read and hashed. The largest are read first. Files beyond `LIMITS.comparedBytes` bytes
 * in all are not read.
 */
export class DuplicateSearch {
  readonly #files = new Largest<Candidate>(LIMITS.comparedFiles);

  /**
   * Adds a regular file of the merged file system to the search. Files below `LIMITS.largeFileBytes` and sparse files
   * are ignored. Of several hard links to the same content, only one may be added.
   */
  add(path: string, file: MergedFile): void {
    if (file.size >= LIMITS.largeFileBytes && file.sparse === null) this.#files.add({ path, bytes: file.size, file });
  }

  /**
   * Reads the added files that have the size of another one. Returns those with the same content, in groups, the group
   * with most bytes first. Reads nothing, and returns no groups, when more bytes must be read than `reading`, the
   * budget for all images, allows.
   */
  async find(layers: LayerPlace[], reading: ReadingBudget, source: Source, tools: Tools): Promise<Duplicates> {
    const alike = this.#alike();
    const read = new Set(alike.map(({ file }) => layers[file.layer]));
    if (!reading.take(bytesOfReading(layers.filter((layer) => read.has(layer))))) return { bytes: 0, groups: [] };
    const groups = await sameContent(alike, layers, source, tools);
    groups.sort((a, b) => b.bytes * b.paths.length - a.bytes * a.paths.length);
    return { bytes: groups.reduce((sum, { bytes, paths }) => sum + bytes * (paths.length - 1), 0), groups };
  }

  /**
   * Returns the added files that have the size of another one, the largest first. Files of the same size are returned
   * all or not at all. All returned files together have at most `LIMITS.comparedBytes` bytes.
   */
  #alike(): Candidate[] {
    const found: Candidate[] = [];
    let left: number = LIMITS.comparedBytes;
    for (const alike of Map.groupBy(this.#files.sorted, ({ bytes }) => bytes).values()) {
      if (alike.length === 1) continue;
      left -= alike.reduce((sum, { bytes }) => sum + bytes, 0);
      if (left < 0) break;
      for (const each of alike) found.push(each);
    }
    return found;
  }
}

/**
 * Reads files, and returns those with the same content in groups; a file whose content is unique is left out. In each
 * group, the paths are in the order of `files`.
 */
async function sameContent(
  files: readonly Candidate[],
  layers: readonly LayerPlace[],
  source: Source,
  tools: Tools,
): Promise<Duplicates['groups']> {
  const digests = new Map<Candidate, Digest>();
  await contentsInOrder(files, layers, source, tools, async (each, content) => {
    const hasher = tools.newHasher();
    for await (const chunk of content) await hasher.update(chunk);
    digests.set(each, await hasher.digest());
  });
  return [...Map.groupBy(files, (each) => digests.get(each) ?? '')]
    .filter(([, same]) => same.length > 1)
    .map(([digest, same]) => ({
      digest,
      bytes: same[0]?.bytes ?? 0,
      paths: same.map(({ path }) => printable(path)),
    }));
}
