import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { ByteReader } from '../compression/byte-reader.ts';
import { ExpandedUpload } from './expanded-upload.ts';
import type { MergedFile } from './merged-file.ts';

/**
 * A file whose content `contentsInOrder` reads. Callers may add further fields, such as the path of the file. The file
 * must not be sparse.
 */
interface Wanted {
  file: MergedFile;
}

/**
 * Reads the contents of several files of an image, and calls `take` with each file and its content, which `take` must
 * read to its end. The files are read in the order in which the upload has them, so that a compressed upload is
 * decompressed once, and each compressed layer once. A call of `contentOf` for each file would begin anew each time.
 */
export async function contentsInOrder<W extends Wanted>(
  files: readonly W[],
  layers: readonly LayerPlace[],
  source: Source,
  tools: Tools,
  take: (wanted: W, content: Bytes) => Promise<void>,
): Promise<void> {
  await ExpandedUpload.with(source, tools, async (upload) => {
    for (const [layer, wanted] of inTheirLayers(files, layers)) {
      const isPlain = layer.inner === 'none' && !layer.sparse;
      await (isPlain ? eachRange(wanted, layer, upload, take) : eachInside(wanted, upload.layer(layer), take));
    }
  });
}

/** The layers that have wanted files, in the order of the upload, each with its files in the order of the layer. */
function inTheirLayers<W extends Wanted>(files: readonly W[], layers: readonly LayerPlace[]): [LayerPlace, W[]][] {
  // An image may list a layer twice, so a layer is known by the place where it begins.
  const byStart = Map.groupBy(files, ({ file }) => layers[file.layer]?.start ?? -1);
  const known = new Map(layers.map((layer) => [layer.start, layer]));
  return [...known]
    .toSorted(([a], [b]) => a - b)
    .map(([start, layer]): [LayerPlace, W[]] => [
      layer,
      (byStart.get(start) ?? []).toSorted((a, b) => a.file.start - b.file.start),
    ])
    .filter(([, wanted]) => wanted.length > 0);
}

/** Reads files of a layer that is not compressed. Each file is a range of bytes of the upload. */
async function eachRange<W extends Wanted>(
  files: readonly W[],
  layer: LayerPlace,
  upload: ExpandedUpload,
  take: (wanted: W, content: Bytes) => Promise<void>,
): Promise<void> {
  for (const each of files) {
    const { size } = each.file;
    const start = layer.start + each.file.start;
    await take(each, upload.layer({ ...layer, start, end: start + size, size }));
  }
}

/**
 * Reads files of a layer that must be decompressed, or that is stored as a sparse file. `bytes` is the tar archive of
 * the layer, decompressed. The files must be in the order of that archive.
 */
async function eachInside<W extends Wanted>(
  files: readonly W[],
  bytes: Bytes,
  take: (wanted: W, content: Bytes) => Promise<void>,
): Promise<void> {
  const reader = new ByteReader(bytes);
  try {
    for (const each of files) {
      for await (const _ of part(reader, each.file.start)) continue;
      await take(each, part(reader, each.file.start + each.file.size));
    }
  } finally {
    await reader.close();
  }
}

/** Yields the bytes of a stream from the next one up to and without offset `end`. */
async function* part(reader: ByteReader, end: number): Bytes {
  while (reader.offset < end) {
    const chunk = await reader.chunk();
    if (chunk === null) return;
    const piece = chunk.subarray(0, end - reader.offset);
    yield piece;
    reader.consume(piece.length);
  }
}
