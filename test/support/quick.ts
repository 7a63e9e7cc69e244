import assert from 'node:assert/strict';
import { inspectQuickly } from '../../core/inspect/quick.ts';
import type { FoundImage, Inspection } from '../../core/model/inspection.ts';
import { inspectBytes } from './inspect.ts';
import { sourceOf } from './memory-store.ts';
import { plainTools } from './tools.ts';

/** Takes a quick look at bytes in memory. */
export function quickly(bytes: Uint8Array): Promise<Inspection> {
  return inspectQuickly(sourceOf(bytes), bytes.length, plainTools);
}

/** Asserts that a quick look agrees with a whole inspection, and says what it has not verified. */
export async function agrees(bytes: Uint8Array): Promise<void> {
  const [quick, whole] = await Promise.all([quickly(bytes), inspectBytes(bytes)]);
  const { images, findings, upload, content, quick: cost, sources, cleanGzip, ...rest } = quick;
  assert.deepEqual(
    [upload, content, cleanGzip, cost?.toEnd, sources.every((each) => each === null)],
    [null, null, false, true, true],
  );
  for (const [field, value] of Object.entries(rest)) assert.deepEqual(value, whole[field as keyof Inspection], field);
  images.forEach((image, i) => sameImage(image, whole.images[i]));
  assert.equal(images.length, whole.images.length);
  assert.deepEqual([findings[0]?.code, findings.slice(1)], ['not-verified', whole.findings]);
}

function sameImage({ layers, ...rest }: FoundImage, whole: FoundImage | undefined): void {
  const { layers: all = [], ...others } = whole ?? {};
  assert.deepEqual(rest, others);
  assert.equal(layers.length, all.length);
  for (const [i, layer] of layers.entries()) {
    const said = Object.entries(layer).filter(([, value]) => value !== null);
    assert.deepEqual(
      Object.fromEntries(said),
      Object.fromEntries(said.map(([field]) => [field, all[i]?.[field as 'size']])),
    );
    assert.notEqual(layer.size, null);
    assert.equal(layer.members, null, 'members are not counted');
  }
}
