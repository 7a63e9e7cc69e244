import { type Renewed, withNewLayers } from '../core/convert/new-layers.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import type { Inspection } from '../core/model/inspection.ts';
import type { Tools } from '../core/model/ports.ts';
import type { PrintFlags } from './flags.ts';
import type { ImageFile } from './image-file.ts';
import type { Input } from './input/input.ts';
import type { Io } from './io.ts';
import { progress } from './print/progress.ts';

/**
 * Makes the layers that the user asked to repair or to merge, in order to find out their sizes and checksums. Returns
 * the inspection result, updated with these layers, and how much of the input was read to make them. Shows a progress
 * bar while layers are merged. A merged layer is also written to `file`, the image archive, if possible. Repaired
 * layers are not stored.
 */
export async function renewed(
  inspection: Inspection,
  request: ConversionRequest,
  input: Input,
  tools: Tools,
  flags: PrintFlags,
  io: Io,
  file: ImageFile | null = null,
): Promise<Renewed> {
  let bar = null as ReturnType<typeof progress> | null;
  const onProgress = (bytes: number, total: number | null): void => {
    if (total === null) return;
    bar ??= progress('Merging layers', total, flags.progress, io);
    bar.update(bytes);
  };
  try {
    return await withNewLayers(inspection, request, input.again, tools, {
      onProgress,
      ...(file !== null && { copyMerged: file.copyMerged }),
    });
  } finally {
    bar?.end();
  }
}
