import { ByteReader } from '../compression/byte-reader.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { expanded } from '../tar/expanded.ts';
import { ExpandedUpload } from './expanded-upload.ts';
import { inReadingOrder } from './files.ts';
import type { MergedFile } from './merged-file.ts';

/**
 * Yields the content of one file of an image, decompressed; nothing for an empty file. If neither upload nor layer is
 * compressed, and the layer is not sparse, only the bytes of the file are read. Otherwise the layer or upload is read
 * from its beginning.
 */
export async function* contentOf(file: MergedFile, layers: LayerPlace[], source: Source, tools: Tools): Bytes {
  const layer = layers[file.layer];
  if (layer === undefined || file.size === 0) return;
  if (file.sparse !== null) yield* expanded(stretch(layer, file.sparse.start, file.sparse.end, source, tools));
  else yield* stretch(layer, file.start, file.start + file.size, source, tools);
}

/** Yields the decompressed bytes of a layer from offset `start` up to and without `end`. */
async function* stretch(layer: LayerPlace, start: number, end: number, source: Source, tools: Tools): Bytes {
  const upload = new ExpandedUpload(source, tools);
  const reader = new ByteReader(upload.layer(isPlain(layer) ? rangeOf(layer, start, end) : layer));
  try {
    yield* isPlain(layer) ? part(reader, 0, end - start) : part(reader, start, end);
  } finally {
    await reader.close();
    await upload.close();
  }
}

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
  // An image may list a layer twice, so a layer is known by the place where it begins.
  const byStart = Map.groupBy(files, ({ file }) => layers[file.layer]?.start);
  await ExpandedUpload.with(source, tools, async (upload) => {
    for (const layer of inReadingOrder(layers)) {
      const wanted = (byStart.get(layer.start) ?? []).toSorted((a, b) => a.file.start - b.file.start);
      if (wanted.length > 0) await eachOf(wanted, layer, upload, take);
    }
  });
}

/**
 * Reads the contents of files of one layer, and calls `take` with each file and its content. The files must be in the
 * order of the layer.
 */
async function eachOf<W extends Wanted>(
  files: readonly W[],
  layer: LayerPlace,
  upload: ExpandedUpload,
  take: (wanted: W, content: Bytes) => Promise<void>,
): Promise<void> {
  const reader = isPlain(layer) ? null : new ByteReader(upload.layer(layer));
  try {
    for (const each of files) {
      const { start, size } = each.file;
      const end = start + size;
      await take(each, reader === null ? upload.layer(rangeOf(layer, start, end)) : part(reader, start, end));
    }
  } finally {
    await reader?.close();
  }
}

/** True for a layer that is stored as it is, neither compressed nor sparse, so that a range of it can be read alone. */
function isPlain({ inner, sparse }: LayerPlace): boolean {
  return inner === 'none' && !sparse;
}

/** The place in the upload of one range of a plain layer, from offset `start` in the layer up to and without `end`. */
function rangeOf(layer: LayerPlace, start: number, end: number): LayerPlace {
  return { ...layer, start: layer.start + start, end: layer.start + end, size: end - start };
}

/**
 * Yields the bytes of a stream from offset `start` up to and without `end`. The bytes before `start` are skipped. Ends
 * early if the stream does.
 */
async function* part(reader: ByteReader, start: number, end: number): Bytes {
  while (reader.offset < end) {
    const chunk = await reader.chunk();
    if (chunk === null) return;
    const skipped = Math.min(chunk.length, Math.max(0, start - reader.offset));
    const piece = chunk.subarray(skipped, end - reader.offset);
    if (piece.length > 0) yield piece;
    reader.consume(skipped + piece.length);
  }
}
