import { type Finding, finding, mended } from '../catalogue/findings.ts';
import { both } from '../catalogue/bilingual.ts';
import type { Converted } from '../model/converted.ts';
import { plan } from '../model/plan.ts';
import type { Tools } from '../model/ports.ts';
import { conversionOf } from './conversion.ts';
import type { EntryToWrite } from './layout.ts';

/**
 * The conversion to the root file system of an image: its only layer without an image archive around it. The
 * description is that of the image that would have this layer, so it has CMD, ENV and the rest. Of an image for several
 * platforms, the one for clients that take only one is written. A finding refuses several images.
 */
export async function rootfsOf(
  entries: readonly EntryToWrite[],
  nameDerived: boolean,
  findings: readonly Finding[],
  tools: Tools,
): Promise<Converted> {
  const [entry, ...others] = entries;
  const [layer] = entry?.image.layers ?? [];
  if (entry === undefined || layer === undefined || others.length > 0) {
    const names = entries.map(({ names: [name] }) => name?.familiar ?? '-').join(', ');
    const several = finding('image-not-chosen', { count: entries.length, images: both(names, names) });
    return { kind: 'not-converted', findings: [several, ...findings] };
  }
  const { result } = await conversionOf([{ ...entry, platforms: [] }], nameDerived, tools);
  const crc32 = layer.crc32 === null ? {} : { crc32: layer.crc32 };
  const hex = layer.crc32?.toString(16).padStart(8, '0') ?? null;
  return {
    kind: 'converted',
    conversion: {
      plan: { ...plan([layer.part]), ...crc32 },
      result: { ...result, size: layer.size, crc32: hex, as: 'rootfs' },
    },
    findings: findings.map(mended),
  };
}
