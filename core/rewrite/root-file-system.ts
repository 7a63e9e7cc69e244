import { ExpandedUpload } from '../files/expanded-upload.ts';
import { layersOf } from '../files/files.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { rewritten } from './rewritten.ts';
import type { OnProgress } from './first-reading.ts';

/**
 * Yields the root file system of an archive as one tar archive: the merged layers of the image with the index `image`,
 * from 0, or a container archive as it is, decompressed. `onProgress` gets the number of bytes of the layers that were
 * read: they are read twice. Null when the layers of the image cannot be read.
 */
export function rootFileSystem(
  inspection: Inspection,
  image: number,
  source: Source,
  tools: Tools,
  onProgress: OnProgress,
): Bytes | null {
  const layers = layersOf(inspection, image);
  if (layers === null) return null;
  return inspection.images.length > 0
    ? rewritten({ layers, whiteouts: 'applied' }, source, tools, onProgress)
    : asItIs(layers, source, tools);
}

async function* asItIs(layers: readonly LayerPlace[], source: Source, tools: Tools): Bytes {
  const upload = new ExpandedUpload(source, tools);
  try {
    for (const layer of layers) yield* upload.layer(layer);
  } finally {
    await upload.close();
  }
}
