import { mergePlan, withMergedLayers } from '../core/convert/merge-layers.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import type { Inspection } from '../core/model/inspection.ts';
import type { Tools } from '../core/model/ports.ts';
import type { Talk } from './flags.ts';
import type { Input } from './input/input.ts';
import type { Io } from './io.ts';
import { progress } from './print/progress.ts';

/**
 * Makes the layers that a request asks to be made anew, once and without writing them, to find out their checksums.
 * Returns the inspection with these, and the number of bytes of the input that were read.
 */
export async function withNewLayers(
  inspection: Inspection,
  request: ConversionRequest,
  input: Input,
  tools: Tools,
  talk: Talk,
  io: Io,
): Promise<{ inspection: Inspection; bytesRead: number }> {
  const plan = mergePlan(inspection, request);
  if (plan === null) return { inspection, bytesRead: 0 };
  const bar = progress('Merging layers', plan.size, talk.progress, io);
  try {
    const made = await withMergedLayers(inspection, plan, input.again, tools, (bytes) => bar.update(bytes));
    return { inspection: made, bytesRead: plan.bytesRead };
  } finally {
    bar.end();
  }
}
