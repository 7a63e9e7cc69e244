import { type Finding, mended } from '../catalogue/findings.ts';
import type { Converted } from '../model/converted.ts';
import { plan } from '../model/plan.ts';
import type { Tools } from '../model/ports.ts';
import { conversionOf } from './conversion.ts';
import type { EntryToWrite } from './layout.ts';
import { leftOutRemarks } from './remarks.ts';

/**
 * Makes the plan for writing a root file system instead of an image archive. It consists of the only layer of the
 * image in `entry`, as a tar archive. Returns the plan and the findings: `findings`, which are those so far, and one
 * about platforms that are left out, because only one is written. The archive manifest, the JSON that describes what
 * was written, still describes the image, with CMD, ENV and so on. `nameDerived` is true when the image was named
 * after the key of the upload. Returns `not-converted` when the image has no layer.
 */
export async function rootfsOf(
  entry: EntryToWrite,
  nameDerived: boolean,
  findings: readonly Finding[],
  tools: Tools,
): Promise<Converted> {
  const [layer] = entry.image.layers;
  if (layer === undefined) return { kind: 'not-converted', findings: [...findings] };
  const { result } = await conversionOf([{ ...entry, platforms: [] }], nameDerived, tools);
  const crc32 = layer.crc32 === null ? {} : { crc32: layer.crc32 };
  const hex = layer.crc32?.toString(16).padStart(8, '0') ?? null;
  return {
    kind: 'converted',
    conversion: {
      plan: { ...plan([layer.part]), ...crc32 },
      result: { ...result, size: layer.size, crc32: hex, as: 'rootfs' },
    },
    findings: [...findings.map(mended), ...leftOutRemarks([entry])],
  };
}
