import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unxz } from '../../../core/compression/xz.ts';
import { chunked } from '../../support/bytes.ts';
import { plainTools } from '../../support/tools.ts';
import { xzBlock, xzBytes, xzStream } from '../../support/xz-builder.ts';

const CONTENT = 50_000;
/** The ID, length of the properties, and properties of the filters (xz format 5.3): delta by one byte, LZMA2. */
const [DELTA, LZMA2] = [
  [3, 1, 0],
  [0x21, 1, 22],
];

/** The number that is added to the count of decompressed bytes while an xz file with these filters is expanded. */
async function countedWith(filters: number[][]): Promise<number> {
  const size = CONTENT - 1;
  const data = Uint8Array.from([1, size >> 8, size & 255, ...new Uint8Array(CONTENT), 0]);
  const file = xzBytes(xzStream(0, [xzBlock({ data, contentSize: CONTENT, filters })]));
  let counted = 0;
  const facts = { members: 0, trailing: null, watch: (bytes = 0) => void (counted += bytes) };
  for await (const chunk of unxz(chunked(file), plainTools, facts)) counted += chunk.length;
  return counted;
}

test('each filter of an xz block counts its content once more, because it reads and writes it', async () => {
  const without = await countedWith([LZMA2]);
  const one = await countedWith([DELTA, LZMA2]);
  const three = await countedWith([DELTA, DELTA, DELTA, LZMA2]);
  assert.ok(one >= without + CONTENT, `${one} after ${without}`);
  assert.ok(three >= without + 3 * CONTENT, `${three} after ${without}`);
});

test('the window of an xz decoder is given back at once, and not when the garbage is collected', async () => {
  const file = xzBytes(
    xzStream(0, [xzBlock({ data: Uint8Array.of(1, 0, 0, 7, 0), contentSize: 1, filters: [LZMA2] })]),
  );
  const chunks: Uint8Array[] = [];
  for await (const chunk of unxz(chunked(file), plainTools, { members: 0, trailing: null })) {
    assert.equal(chunk[0], 7);
    chunks.push(chunk);
  }
  // A view of memory that was given back is empty.
  assert.deepEqual(chunks, [new Uint8Array()]);
});
