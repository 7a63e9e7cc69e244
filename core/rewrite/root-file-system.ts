import { ExpandedUpload } from '../files/expanded-upload.ts';
import { layersOf } from '../files/files.ts';
import { MergeBudget } from '../files/merge-budget.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { rewritten } from './rewritten.ts';
import type { OnProgress } from './first-reading.ts';

/**
 * Returns a root file system as one tar archive; null when it cannot be read. For an image archive, it is made from the
 * layers of the image with the index `image`, from 0. They are read twice, and `onProgress` gets the number of bytes of
 * both readings. For a container archive, it is the archive itself, decompressed.
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
  const budget = new MergeBudget(inspection.upload?.size);
  return inspection.images.length > 0
    ? rewritten({ layers, whiteouts: 'applied' }, source, tools, onProgress, { budget })
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
