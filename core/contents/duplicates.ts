import { contentOf } from '../files/files.ts';
import type { MergedFile } from '../files/merged-file.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import type { Digest } from '../model/digest.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import type { Duplicates } from './facts.ts';
import { Largest } from './largest.ts';

/** A large file of an image whose content is compared with that of other files if they have the same size. */
interface Candidate {
  path: string;
  bytes: number;
  file: MergedFile;
}

/**
 * Finds large files of an image with the same content. Only files that have the same size as another one are read and
 * hashed, the largest first, until `LIMITS.comparedBytes` bytes have been read.
 */
export class DuplicateSearch {
  readonly #files = new Largest<Candidate>(LIMITS.comparedFiles);

  /**
   * Adds a regular file of the merged file system to the search; small and sparse files are ignored. Of several hard
   * links to the same content, only one may be added.
   */
  add(path: string, file: MergedFile): void {
    if (file.size >= LIMITS.largeFileBytes && file.sparse === null) this.#files.add({ path, bytes: file.size, file });
  }

  /** Reads the added files that have the size of another one. Returns those with the same content, in groups. */
  async find(layers: LayerPlace[], source: Source, tools: Tools): Promise<Duplicates> {
    const bySize = [...Map.groupBy(this.#files.sorted, ({ bytes }) => bytes).values()];
    const groups: Duplicates['groups'] = [];
    let left: number = LIMITS.comparedBytes;
    for (const alike of bySize.filter((each) => each.length > 1)) {
      left -= alike.reduce((sum, { file }) => sum + costOf(file, layers), 0);
      if (left < 0) break;
      for (const group of await sameContent(alike, layers, source, tools)) groups.push(group);
    }
    groups.sort((a, b) => b.bytes * b.paths.length - a.bytes * a.paths.length);
    return { bytes: groups.reduce((sum, { bytes, paths }) => sum + bytes * (paths.length - 1), 0), groups };
  }
}

/**
 * The estimated number of bytes that must be read to get the content of a file. This is the size of the file. In a
 * compressed upload, the bytes before the layer are added. In a layer that is compressed or stored as a sparse file,
 * the bytes of the layer before the file are added.
 */
function costOf(file: MergedFile, layers: LayerPlace[]): number {
  const layer = layers[file.layer];
  if (layer === undefined) return 0;
  const { outer, inner, sparse, start } = layer;
  const skipped = inner === 'none' && !sparse ? 0 : file.start;
  return (outer === 'none' ? 0 : start) + skipped + file.size;
}

async function sameContent(
  alike: Candidate[],
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
): Promise<Duplicates['groups']> {
  const byDigest = new Map<Digest, Candidate[]>();
  for (const each of alike) {
    const hasher = tools.newHasher();
    for await (const chunk of contentOf(each.file, layers, source, tools)) await hasher.update(chunk);
    const digest = await hasher.digest();
    byDigest.set(digest, [...(byDigest.get(digest) ?? []), each]);
  }
  return [...byDigest]
    .filter(([, same]) => same.length > 1)
    .map(([digest, same]) => ({
      digest,
      bytes: same[0]?.bytes ?? 0,
      paths: same.map(({ path }) => printable(path)),
    }));
}
