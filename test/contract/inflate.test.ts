import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { suite, test } from 'node:test';
import { constants, crc32, deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib';
import type { CompressedFacts } from '../../core/compression/compressed-reader.ts';
import { gunzip } from '../../core/compression/gzip.ts';
import { PortableInflate } from '../../core/compression/inflate.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { RawInflate, Tools } from '../../core/model/ports.ts';
import { NativeInflate } from '../../node/inflate.ts';
import { chunked, collect } from '../support/bytes.ts';
import { plainTools } from '../support/tools.ts';
import { webEngines } from '../support/web-engines.ts';

// The contract of every inflater: all give the same bytes and offsets, and refuse the same input.

const engines: Record<string, () => RawInflate> = {
  'pako, portable': () => new PortableInflate(),
  'zlib, native': () => new NativeInflate(),
  'zlib, WebAssembly': webEngines.newInflate,
};

const text = Buffer.from(Array.from({ length: 30_000 }, (_, i) => `line ${(i * 7919) % 10007}\n`).join(''));
const gz = gzipSync(text);
/** Bytes that do not become smaller when they are compressed. */
const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(2e6));

for (const [name, newInflate] of Object.entries(engines)) {
  const tools: Tools = { ...plainTools, newInflate };

  const run = async (bytes: Uint8Array, ...sizes: number[]) => {
    const facts: CompressedFacts = { members: 0, trailing: null };
    const content = await collect(gunzip(chunked(bytes, ...sizes), tools, facts));
    return { content, facts };
  };

  const fault = async (bytes: Uint8Array, ...sizes: number[]) => {
    try {
      await run(bytes, ...sizes);
    } catch (error) {
      if (error instanceof LadingError && error.finding !== null) return error.finding;
      throw error;
    }
    return assert.fail('nothing was thrown');
  };

  suite(name, () => {
    test('the content comes back, however the input is cut', async () => {
      for (const sizes of [[], [1], [7, 1, 300], [65536], [gz.length - 8, 8], [gz.length - 1]]) {
        const { content, facts } = await run(gz, ...sizes);
        assert.ok(content.equals(text), `cut at ${sizes.join()}`);
        assert.deepEqual(facts, { members: 1, trailing: null, crc32: crc32(text) });
      }
    });

    test('a stream that is cut off gives all the content that its bytes hold', async () => {
      const deflated = deflateRawSync(text);
      for (const length of [40, 1000, deflated.length - 1]) {
        const cut = deflated.subarray(0, length);
        const given = inflateRawSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
        for (const step of [length, 7]) {
          const inflate = newInflate();
          const pieces: Buffer[] = [];
          for (let at = 0; at < length; at += step)
            pieces.push(await collect(inflate.push(cut.subarray(at, at + step))));
          inflate.close();
          assert.ok(Buffer.concat(pieces).equals(given), `${length} bytes, ${step} at a time`);
        }
      }
    });

    test('members of all sizes may follow each other, in any order', async () => {
      const sizes = [
        9_000,
        10,
        20_000,
        65_280,
        65_536,
        9_000,
        98_303,
        98_304,
        5_000,
        300_000,
        40_000,
        2 ** 20,
        9_000,
        2e6,
      ];
      const contents = sizes.flatMap((size) => [noise.subarray(0, size), text.subarray(0, size), Buffer.alloc(size)]);
      const orders = [contents, contents.toReversed(), contents.toSorted((a, b) => a.length - b.length)];
      for (const order of orders) {
        const stored = Buffer.concat(order.map((content) => gzipSync(content)));
        const { content } = await run(stored, 2 ** 20);
        assert.ok(content.equals(Buffer.concat(order)));
      }
    });

    test('several members may follow each other, empty ones too, with names, comments, extra fields and header checksums', async () => {
      const body = deflateRawSync(text);
      const trailer = gz.subarray(gz.length - 8);
      const flags = 2 | 4 | 8 | 16;
      const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9]);
      const fancy = Buffer.concat([head, Buffer.from('name\0comment\0'), Buffer.from([0, 0]), body, trailer]);
      for (const sizes of [[], [3], [gz.length]]) {
        const { content, facts } = await run(Buffer.concat([gz, gzipSync(''), fancy, gz]), ...sizes);
        assert.equal(content.length, 3 * text.length);
        assert.deepEqual(facts, { members: 4, trailing: null, crc32: crc32(content) });
      }
    });

    test('zero bytes after the last member are padding, other bytes are ignored, and both are recorded', async () => {
      for (const sizes of [[], [5], [gz.length]]) {
        const padded = await run(Buffer.concat([gz, Buffer.alloc(600)]), ...sizes);
        assert.deepEqual(padded.facts, {
          members: 1,
          trailing: { offset: gz.length, zeros: true },
          crc32: crc32(text),
        });
        const garbage = await run(Buffer.concat([gz, Buffer.alloc(3), Buffer.from('junk')]), ...sizes);
        assert.deepEqual(garbage.facts, {
          members: 1,
          trailing: { offset: gz.length, zeros: false },
          crc32: crc32(text),
        });
        assert.ok(garbage.content.equals(text));
      }
    });

    test('a cut anywhere is noticed, with its offset', async () => {
      for (let length = 0; length < gz.length; length += length < 40 || gz.length - length < 40 ? 1 : 997) {
        const { code, offset } = await fault(gz.subarray(0, length), 512);
        assert.deepEqual([code, offset], ['gzip-truncated', length], `${length} of ${gz.length} bytes`);
      }
    });

    test('a second member that is cut off is not taken for padding', async () => {
      assert.equal((await fault(Buffer.concat([gz, gz.subarray(0, 20)]))).code, 'gzip-truncated');
    });

    test('a flipped bit anywhere after the header is noticed', async () => {
      for (let at = 10; at < gz.length; at += 211) {
        const flipped = Buffer.from(gz);
        flipped[at] = (flipped[at] ?? 0) ^ 0x10;
        const { code } = await fault(flipped, 4096);
        assert.match(code, /^gzip-(damaged|truncated)$/, `at ${at}`);
      }
    });

    test('content that expands a thousandfold comes out in bounded pieces', async () => {
      const facts: CompressedFacts = { members: 0, trailing: null };
      const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20));
      let largest = 0;
      let total = 0;
      for await (const chunk of gunzip(chunked(bomb), tools, facts)) {
        largest = Math.max(largest, chunk.length);
        total += chunk.length;
      }
      assert.equal(total, 64 * 2 ** 20);
      assert.ok(largest <= 4 * 2 ** 20, `a chunk of ${largest} bytes`);
    });
  });
}
