import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Joined } from '../../../core/rewrite/joined.ts';

const KiB = 1024;

/** A piece of bytes in memory of its own, filled with its number. */
const piece = (number: number, size: number): Uint8Array => new Uint8Array(size).fill(number);

/** The chunks that these pieces become, as copies, and the size of the memory in which each chunk was. */
function joined(pieces: Uint8Array[]): { chunks: Uint8Array[]; memory: number[] } {
  const joiner = new Joined();
  const chunks: Uint8Array[] = [];
  const memory: number[] = [];
  const keep = (chunk: Uint8Array) => {
    chunks.push(chunk.slice());
    memory.push(chunk.buffer.byteLength);
  };
  for (const each of pieces) for (const chunk of joiner.join([each])) keep(chunk);
  for (const chunk of joiner.finish()) keep(chunk);
  return { chunks, memory };
}

test('joined pieces have the same bytes, in order, whatever the sizes of the pieces', () => {
  for (const sizes of [[1], [512, 1024], [4096, 1], [1, 4096], [65_535, 65_536, 3], [65_536, 10, 70_000, 5000, 5000]]) {
    const pieces = Array.from({ length: 900 }, (_, i) => piece(i & 255, sizes[i % sizes.length] ?? 0));
    const { chunks } = joined(pieces);
    assert.ok(Buffer.concat(chunks).equals(Buffer.concat(pieces)), sizes.join());
  }
});

test('a few small pieces are joined in little memory, and many in buffers of up to 1 MiB', () => {
  assert.deepEqual(joined([piece(1, 512), piece(2, 1024)]).memory, [4 * KiB]);
  const many = joined(Array.from({ length: 10_000 }, (_, i) => piece(i & 255, KiB)));
  assert.ok(Math.max(...many.memory) === 1024 * KiB && many.chunks.length < 20, `${many.chunks.length} chunks`);
});
