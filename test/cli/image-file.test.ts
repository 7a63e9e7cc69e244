import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ImageFile } from '../../cli/image-file.ts';
import { PackedSums } from '../../core/compression/layer-packer.ts';
import { stream } from '../../core/convert/execute.ts';
import type { LayerForm } from '../../core/convert/layer-offset.ts';
import { partSize, plan, type Plan, type PlanPart } from '../../core/model/plan.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';
import { readRange } from '../../node/files.ts';
import { nativeTools } from '../../node/tools.ts';
import { folder } from './kit.ts';

const LAYER = Buffer.from('the bytes of the layer');
const before: PlanPart = { kind: 'bytes', bytes: Buffer.from('before ') };
const after: PlanPart = { kind: 'bytes', bytes: Buffer.from(' after') };
const range: PlanPart = { kind: 'range', start: 0, end: LAYER.length };
const expanded: PlanPart = { ...range, kind: 'recoded', outer: 'none', inner: 'none', size: LAYER.length };
const packing = new PackedSums('gzip', nativeTools({ threads: false }));
await packing.update(LAYER);
const packed: PlanPart = { ...expanded, pack: 'gzip', size: (await packing.sums()).size };
const source = { open: (start = 0, end = LAYER.length) => inTwo(LAYER.subarray(start, end)) };

async function* inTwo(bytes: Buffer): Bytes {
  yield bytes.subarray(0, 5);
  yield bytes.subarray(5);
}

interface Case {
  foreseen: number | null;
  wish: Plan;
  kind: LayerForm;
  there: boolean;
}

const WISH = plan([before, range, after]);
const cases: Record<string, Case> = {
  'where it was foreseen': { foreseen: 7, wish: WISH, kind: 'range', there: true },
  'too early': { foreseen: 3, wish: WISH, kind: 'range', there: false },
  'far too late': { foreseen: 1000, wish: WISH, kind: 'range', there: false },
  nowhere: { foreseen: null, wish: WISH, kind: 'range', there: false },
  packed: { foreseen: 7, wish: plan([before, packed]), kind: 'recoded', there: false },
  'packed, where it was foreseen': { foreseen: 7, wish: plan([before, packed, after]), kind: 'packed', there: true },
  'packed, elsewhere': { foreseen: 8, wish: plan([before, packed, after]), kind: 'packed', there: false },
  'as another kind of bytes': { foreseen: 7, wish: plan([before, expanded, after]), kind: 'range', there: false },
  'only in part': { foreseen: 7, wish: plan([before, { ...range, end: 9 }, after]), kind: 'range', there: false },
  'not from its beginning': {
    foreseen: 7,
    wish: plan([before, { ...range, start: 2 }, after]),
    kind: 'range',
    there: false,
  },
  'expanded, where it was foreseen': { foreseen: 7, wish: plan([before, expanded]), kind: 'recoded', there: true },
};

async function passOn(file: ImageFile, kind: 'range' | 'recoded'): Promise<void> {
  for await (const chunk of file.copy(source.open(), kind)) assert.ok(chunk.length > 0);
}

/** Passes a layer to the file as the pipeline does: the packed bytes in pieces, and the bytes they are made from. */
async function pack(file: ImageFile): Promise<void> {
  const sums = new PackedSums('gzip', nativeTools({ threads: false }), file.copyPacked);
  for await (const chunk of file.copy(source.open(), 'range')) await sums.update(chunk);
  await sums.sums();
}

async function assertImage(
  t: TestContext,
  { foreseen, wish, kind, there }: Case,
  fill: (file: ImageFile) => Promise<Source>,
) {
  const path = await folder(t);
  const tools = nativeTools({ threads: false });
  const file = await ImageFile.begin(join(path, 'image.tar'), (_head, form) =>
    Promise.resolve(form === kind ? foreseen : null),
  );
  assert.ok(file !== null);
  const again = await fill(file);
  assert.equal(file.missing(wish) !== wish, there);
  await file.write(wish, (part) => stream(part, again, tools));
  await file.commit(wish.size);
  await file.discard();
  const wanted: Uint8Array[] = [];
  for await (const chunk of stream(wish, source, tools)) wanted.push(Buffer.from(chunk));
  assert.equal(String(await readFile(join(path, 'image.tar'))), String(Buffer.concat(wanted)));
  assert.deepEqual(await readdir(path), ['image.tar']);
}

for (const [name, each] of Object.entries(cases)) {
  test(`an image file is what the plan says when the layer is wanted ${name}`, async (t) => {
    await assertImage(t, each, async (file) => {
      await (each.kind === 'packed' ? pack(file) : passOn(file, each.kind));
      return source;
    });
  });

  if (each.kind !== 'range' || each.foreseen === null) continue;
  test(`an image file is what the plan says when a pipe is kept in it and read again from there: ${name}`, async (t) => {
    await assertImage(t, each, async (file) => {
      const copy = await file.keep(LAYER);
      assert.ok(copy !== null);
      await copy.write(LAYER.subarray(0, 5), 0);
      await copy.write(LAYER.subarray(5), 5);
      await passOn(file, 'range');
      return { open: (start = 0, end = LAYER.length) => readRange(copy.fd, copy.start + start, copy.start + end) };
    });
  });
}

const merged: PlanPart = { kind: 'rewritten', recipe: { layers: [], whiteouts: 'applied' }, size: LAYER.length };
const copies: Record<string, { offset: number; wish: Plan; there: boolean }> = {
  'where it was foreseen': { offset: 7, wish: plan([before, merged, after]), there: true },
  'behind another layer': { offset: 7 + LAYER.length, wish: plan([before, range, merged, after]), there: true },
  elsewhere: { offset: 8, wish: plan([before, merged, after]), there: false },
  'with another size': { offset: 7, wish: plan([before, { ...merged, size: 5 }, after]), there: false },
};
for (const [name, { offset, wish, there }] of Object.entries(copies)) {
  test(`a merged layer that is wanted ${name} is ${there ? 'not ' : ''}written again`, async (t) => {
    const path = join(await folder(t), 'image.tar');
    const file = await ImageFile.begin(path, () => Promise.resolve(1));
    assert.ok(file !== null);
    await passOn(file, 'range'); // a wrong guess, whose bytes must not be taken for the layer
    const copy = file.copyMerged(offset);
    for await (const chunk of source.open()) await copy?.(chunk);
    async function* bytesOf({ parts }: Plan): Bytes {
      for (const part of parts) yield part.kind === 'bytes' ? part.bytes : LAYER.subarray(0, partSize(part));
    }
    assert.equal(wish.size - file.missing(wish).size, there ? LAYER.length : 0);
    await file.write(wish, bytesOf);
    await file.commit(wish.size);
    const wanted: Uint8Array[] = [];
    for await (const chunk of bytesOf(wish)) wanted.push(chunk);
    assert.equal(String(await readFile(path)), String(Buffer.concat(wanted)));
  });
}

test('no merged layer is written over a pipe that is still to be read', async (t) => {
  const file = await ImageFile.begin(join(await folder(t), 'image.tar'), () => Promise.resolve(7));
  await file?.keep(LAYER);
  assert.equal(file?.copyMerged(7), null);
  await file?.discard();
});

test('no pipe is kept where no layer is foreseen', async (t) => {
  const file = await ImageFile.begin(join(await folder(t), 'image.tar'), () => Promise.resolve(null));
  assert.equal(await file?.keep(LAYER), null);
  await file?.discard();
});
