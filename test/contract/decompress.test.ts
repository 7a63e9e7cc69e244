import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CompressedFacts } from '../../core/compression/compressed-reader.ts';
import { decompress } from '../../core/compression/decompress.ts';
import { LadingError } from '../../core/model/errors.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked, collect } from '../support/bytes.ts';
import type { Tools } from '../../core/model/ports.ts';
import { BZIP2_BOMB, LZ4_LEGACY, LZMA_BOMB, type Sample, SAMPLES, XZ_LINES } from '../support/compressed.ts';
import { lz4Block, lz4Frame, lz4Zeros } from '../support/lz4-builder.ts';
import { webEngines } from '../support/web-engines.ts';

// The contract of every decoder: it gives the content back, notices whatever is missing or damaged, and records what
// follows the end.

type Format = keyof typeof SAMPLES;

/** A decoder: that of a format in Node, or the one of the page. */
type Decoder = Format | 'zstd, WebAssembly';

const MiB = 2 ** 20;
const tools = nativeTools({ threads: false });

const formatOf = (decoder: Decoder): Format => (decoder === 'zstd, WebAssembly' ? 'zstd' : decoder);
const toolsOf = (decoder: Decoder): Tools => (decoder === formatOf(decoder) ? tools : { ...tools, ...webEngines });

async function run(decoder: Decoder, stored: Uint8Array, ...sizes: number[]) {
  const facts: CompressedFacts = { members: 0, trailing: null };
  const bytes = chunked(stored, ...sizes);
  const content = await collect(decompress(bytes, formatOf(decoder), toolsOf(decoder), facts));
  return { content, facts };
}

/** The finding with which expanding the bytes ends, or null when it succeeds. */
async function fault(format: Decoder, stored: Uint8Array, ...sizes: number[]) {
  try {
    await run(format, stored, ...sizes);
    return null;
  } catch (error) {
    if (error instanceof LadingError && error.finding !== null) return error.finding;
    throw error;
  }
}

const bombs: Record<Format, () => Buffer> = {
  gzip: () => gzipSync(Buffer.alloc(64 * MiB)),
  bzip2: () => BZIP2_BOMB,
  xz: () => Buffer.concat(Array.from({ length: 4 }, () => XZ_LINES)),
  zstd: () => zstdCompressSync(Buffer.alloc(64 * MiB)),
  lz4: () => lz4Frame(...Array.from({ length: 16 }, lz4Zeros)),
  lzma: () => LZMA_BOMB,
};

/** A file in this format is one stream: bytes after it, even those of another stream, do not belong to it. */
const ONE_STREAM: ReadonlySet<Format> = new Set(['lzma']);

const decoders = [...(Object.keys(SAMPLES) as Format[]), 'zstd, WebAssembly'] satisfies Decoder[];

for (const decoder of decoders) {
  const format = formatOf(decoder);
  const samples = SAMPLES[format];
  const main = samples[0] as Sample;
  const prefix = format === 'gzip' ? 'gzip' : 'compressed';

  suite(decoder, () => {
    for (const { name, stored, content, checked } of samples) {
      test(`the content comes back, however the input is cut: ${name}`, async () => {
        for (const sizes of [[], [1], [7, 1, 300], [65536], [Math.max(1, stored.length - 8), 8]]) {
          const result = await run(decoder, stored, ...sizes);
          assert.ok(result.content.equals(content), `cut at ${sizes.join()}`);
          assert.equal(result.facts.trailing, null);
          assert.equal(result.facts.unchecked === true, !checked, 'says whether there is a checksum');
        }
      });

      test(`a cut anywhere is noticed, with its offset: ${name}`, async () => {
        for (let length = 0; length < stored.length; length++) {
          // The first 12 bytes are pzstd's skippable frame, which is a complete zstd stream without content.
          if (name.startsWith('pzstd') && length === 12) continue;
          const found = await fault(decoder, stored.subarray(0, length), 100);
          assert.deepEqual([found?.code, found?.offset], [`${prefix}-truncated`, length], `${length} bytes`);
        }
      });

      test(`a flipped bit anywhere is noticed or does not change the content: ${name}`, async () => {
        for (let at = 0; at < stored.length; at++) {
          for (const bit of [0, 3, 7]) {
            const flipped = Buffer.from(stored);
            flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
            const outcome = await run(decoder, flipped, 4096).catch((error: unknown) => error);
            if (outcome instanceof Error) {
              assert.ok(
                outcome instanceof LadingError && outcome.finding !== null,
                `bit ${bit} at ${at}: ${outcome.stack}`,
              );
              const { offset } = outcome.finding;
              assert.ok(offset === undefined || (offset >= 0 && offset <= stored.length), `offset ${offset}`);
            } else {
              const { content: got, facts } = outcome as Awaited<ReturnType<typeof run>>;
              const told = facts.trailing !== null || facts.unchecked === true;
              assert.ok(told || got.equals(content), `bit ${bit} at ${at} went unnoticed`);
            }
          }
        }
      });
    }

    if (!ONE_STREAM.has(format)) {
      test('streams of all kinds may follow each other, empty ones too', async () => {
        const stored = Buffer.concat([...samples, ...samples].map((each) => each.stored));
        const content = Buffer.concat([...samples, ...samples].map((each) => each.content));
        for (const sizes of [[], [3], [1000]]) {
          const { content: got, facts } = await run(decoder, stored, ...sizes);
          assert.ok(got.equals(content));
          assert.deepEqual([facts.members, facts.trailing], [2 * samples.length, null]);
        }
      });

      test('a second stream that is cut off is not ignored', async () => {
        const magicBytes = format === 'gzip' ? 2 : 1;
        for (let length = magicBytes; length < main.stored.length; length++) {
          const found = await fault(decoder, Buffer.concat([main.stored, main.stored.subarray(0, length)]), 512);
          assert.equal(found?.code, `${prefix}-truncated`, `${length} bytes of it`);
        }
      });
    }

    test('zero bytes after the end are padding, other bytes are ignored, and both are recorded', async () => {
      const offset = main.stored.length;
      for (const sizes of [[], [5], [offset]]) {
        const padded = await run(decoder, Buffer.concat([main.stored, Buffer.alloc(600)]), ...sizes);
        assert.deepEqual([padded.facts.members, padded.facts.trailing], [1, { offset, zeros: true }]);
        assert.ok(padded.content.equals(main.content));
        for (const junk of [Buffer.from('junk'), Buffer.from('\0\0\0junk'), Buffer.from('j')]) {
          const garbage = await run(decoder, Buffer.concat([main.stored, junk]), ...sizes);
          assert.deepEqual([garbage.facts.members, garbage.facts.trailing], [1, { offset, zeros: false }]);
          assert.ok(garbage.content.equals(main.content));
        }
      }
    });

    test('input of another format is reported as damaged from its first byte', async () => {
      for (const junk of [Buffer.alloc(600), Buffer.from('no such thing at all')]) {
        const found = await fault(decoder, junk);
        assert.deepEqual([found?.code, found?.offset], [`${prefix}-damaged`, 0]);
      }
    });

    test('content that expands a thousandfold comes out in bounded pieces', async () => {
      let largest = 0;
      let total = 0;
      for await (const chunk of decompress(chunked(bombs[format]()), format, toolsOf(decoder))) {
        largest = Math.max(largest, chunk.length);
        total += chunk.length;
      }
      assert.equal(total, 64 * MiB);
      assert.ok(largest <= 4 * MiB, `a chunk of ${largest} bytes`);
    });

    test('only as much input is read as the requested output needs, and the source is closed at the end', async () => {
      let taken = 0;
      let closed = false;
      const piece = bombs[format]();
      async function* source() {
        try {
          for (; ; taken++) yield piece;
        } finally {
          closed = true;
        }
      }
      for await (const chunk of decompress(source(), format, toolsOf(decoder))) if (chunk.length > 0) break;
      assert.ok(closed);
      assert.ok(taken * piece.length <= 8 * MiB, `${taken} pieces`);
    });
  });
}

suite('bzip2', () => {
  test('a checksum of the whole stream that does not match its blocks is damage', async () => {
    for (const { stored } of SAMPLES.bzip2) {
      const flipped = Buffer.from(stored);
      flipped.writeUInt8(flipped.readUInt8(stored.length - 3) ^ 1, stored.length - 3);
      assert.equal((await fault('bzip2', flipped))?.code, 'compressed-damaged');
    }
  });
});

suite('xz', () => {
  const stored = (SAMPLES.xz[0] as Sample).stored;

  /** The sample with another block header of the same length. */
  const withHeader = (...fields: number[]): Buffer => {
    const header = Buffer.from([2, ...fields, 0, 0, 0, 0]);
    header.writeUInt32LE(crc32(header.subarray(0, 8)), 8);
    return Buffer.concat([stored.subarray(0, 12), header, stored.subarray(24)]);
  };

  test('padding between streams is a multiple of four bytes', async () => {
    const { content } = await run('xz', Buffer.concat([stored, Buffer.alloc(8), stored]));
    assert.equal(content.length, 2 * (SAMPLES.xz[0] as Sample).content.length);
    assert.equal((await fault('xz', Buffer.concat([stored, Buffer.alloc(3), stored])))?.code, 'compressed-damaged');
  });

  test('an index or a footer of another stream is damage', async () => {
    const named = (part: string) => (SAMPLES.xz.find((each) => each.name.includes(part)) as Sample).stored;
    const footer = (stream: Buffer) => stream.length - 12;
    const index = (stream: Buffer) => footer(stream) - 4 * (stream.readUInt32LE(footer(stream) + 4) + 1);
    const cases = [
      [named('--x86 '), named('--sparc'), index],
      [stored, named('--block-size'), index],
      [stored, named('--block-size'), footer],
    ] as const;
    for (const [first, second, part] of cases) {
      const joined = Buffer.concat([first.subarray(0, part(first)), second.subarray(part(second))]);
      const found = await fault('xz', joined);
      assert.deepEqual([found?.code, found?.offset], ['compressed-damaged', part(first)]);
    }
  });

  test('a dictionary of 64 MiB is accepted, and one beyond the limit is refused by name', async () => {
    assert.equal(await fault('xz', withHeader(0, 0x21, 1, 28, 0, 0, 0)), null);
    const found = await fault('xz', withHeader(0, 0x21, 1, 40, 0, 0, 0));
    assert.equal(found?.code, 'limit-exceeded');
    assert.match(found?.message ?? '', /a dictionary of 4,294,967,295 bytes/);
  });

  test('an unknown filter is refused by name', async () => {
    const found = await fault('xz', withHeader(1, 0x0b, 0, 0x21, 1, 22, 0));
    assert.equal(found?.code, 'compression-not-expanded');
    assert.match(found?.message ?? '', /xz with filter number 11,/);
  });

  test('a check type that the format does not define is refused by name', async () => {
    const flags = Buffer.from([0, 2]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(flags));
    const found = await fault('xz', Buffer.concat([stored.subarray(0, 6), flags, sum, stored.subarray(12)]));
    assert.equal(found?.code, 'compression-not-expanded');
  });
});

for (const decoder of ['zstd', 'zstd, WebAssembly'] as const)
  suite(`${decoder}, frames`, () => {
    const stored = (SAMPLES.zstd[0] as Sample).stored;
    const skippable = Buffer.from('5a2a4d1805000000aabbccddee', 'hex');

    test('skippable frames are skipped, wherever they are', async () => {
      const { content, facts } = await run(
        decoder,
        Buffer.concat([skippable, stored, skippable, stored, skippable]),
        5,
      );
      assert.equal(content.length, 2 * (SAMPLES.zstd[0] as Sample).content.length);
      assert.deepEqual(facts, { members: 2, trailing: null });
      assert.equal((await run(decoder, skippable)).content.length, 0);
    });

    test('after skippable frames there must be a frame', async () => {
      const found = await fault(decoder, Buffer.concat([skippable, Buffer.from('junk')]));
      assert.deepEqual([found?.code, found?.offset], ['compressed-damaged', skippable.length]);
    });

    test('a window beyond the limit is refused by name, and one within it is accepted', async () => {
      const withWindow = (log: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (log - 10) << 3, 9, 0, 0, 0x61]);
      assert.equal((await run(decoder, withWindow(27))).content.toString(), 'a');
      const found = await fault(decoder, withWindow(31));
      assert.equal(found?.code, 'limit-exceeded');
      assert.match(found?.message ?? '', /a window of 2,147,483,648 bytes/);
    });

    test('a frame that needs a dictionary is refused by name', async () => {
      const found = await fault(decoder, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 0x50, 7, 1, 0, 0]));
      assert.equal(found?.code, 'compression-not-expanded');
      assert.match(found?.message ?? '', /dictionary/);
    });
  });

suite('lz4', () => {
  const stored = (SAMPLES.lz4[0] as Sample).stored;
  const skippable = Buffer.from('5a2a4d1805000000aabbccddee', 'hex');

  test('legacy frames and skippable ones may stand anywhere', async () => {
    const parts = [skippable, LZ4_LEGACY.stored, stored, skippable, LZ4_LEGACY.stored, LZ4_LEGACY.stored, skippable];
    for (const sizes of [[], [5], [1000]]) {
      const { content, facts } = await run('lz4', Buffer.concat(parts), ...sizes);
      assert.ok(content.equals(Buffer.concat(Array.from({ length: 4 }, () => LZ4_LEGACY.content))));
      assert.deepEqual(facts, { members: 4, trailing: null, unchecked: true });
    }
  });

  test('a legacy frame that is cut off inside a block, or inside its size, is cut off', async () => {
    for (let length = 5; length < LZ4_LEGACY.stored.length; length++) {
      const found = await fault('lz4', LZ4_LEGACY.stored.subarray(0, length), 9);
      assert.deepEqual([found?.code, found?.offset], ['compressed-truncated', length]);
    }
  });

  test('a match reaches back 64 KiB, into earlier blocks when they are linked, and not before the frame', async () => {
    const far = 65_535;
    // A literal, a match at the largest distance, and five literals.
    const match = lz4Block(Buffer.from([0x10, 0x61, far & 255, far >> 8, 0x50, ...Buffer.from('after')]));
    const before = lz4Block(Buffer.from('x'.repeat(far - 1)), true);
    const linked = (...blocks: Buffer[]) => {
      const frame = lz4Frame(...blocks);
      frame.set([0x40, 0x70, 0xdf], 4);
      return frame;
    };
    const expected = `${'x'.repeat(far - 1)}axxxxafter`;
    assert.equal((await run('lz4', linked(before, match))).content.toString(), expected);
    assert.equal((await fault('lz4', lz4Frame(before, match)))?.code, 'compressed-damaged', 'independent blocks');
    const two = Buffer.concat([linked(before), linked(match)]);
    assert.equal((await fault('lz4', two))?.code, 'compressed-damaged', 'another frame');
  });

  test('a frame that needs a dictionary is refused by name', async () => {
    const found = await fault('lz4', Buffer.from('04224d18617001000000', 'hex'));
    assert.equal(found?.code, 'compressed-truncated');
    const whole = await fault('lz4', Buffer.from('04224d186170010000002e', 'hex'));
    assert.equal(whole?.code, 'compression-not-expanded');
    assert.match(whole?.message ?? '', /dictionary/);
  });
});

suite('lzma', () => {
  const { stored, content } = SAMPLES.lzma[0] as Sample;

  /** The sample with other numbers in its header. */
  const withHeader = (dictionary: number, size: bigint): Buffer => {
    const changed = Buffer.from(stored);
    changed.writeUInt32LE(dictionary, 1);
    changed.writeBigUInt64LE(size, 5);
    return changed;
  };

  test('an end mark may stand behind content of a stated size, and nowhere else', async () => {
    const size = BigInt(content.length);
    assert.ok((await run('lzma', withHeader(2 ** 23, size), 7)).content.equals(content));
    assert.equal((await fault('lzma', withHeader(2 ** 23, size + 1n)))?.code, 'compressed-damaged');
    assert.equal((await fault('lzma', withHeader(2 ** 23, size - 1n)))?.code, 'compressed-damaged');
  });

  test('a dictionary within the limit is accepted, and one beyond it is refused by name', async () => {
    assert.equal(await fault('lzma', withHeader(2 ** 27, 2n ** 64n - 1n)), null);
    const found = await fault('lzma', withHeader(2 ** 31, 2n ** 64n - 1n));
    assert.equal(found?.code, 'limit-exceeded');
    assert.match(found?.message ?? '', /lzma data with a dictionary of 2,147,483,648 bytes/);
  });
});

// The input for the real tools: machine code (of the Node that runs this test; its first megabytes hold little of it),
// incompressible bytes in the middle, and bytes that the filters for machine code may take for instructions.

const program = readFileSync(process.execPath).subarray(16 * MiB, 20 * MiB);
const opcodes = [0xe8, 0xe9, 0, 0xff, 1, 0xeb, 0xf0, 0xf8, 0x94, 0x90, 0x48, 0x40, 0x7f];
const confusing = Buffer.from(program.subarray(MiB, 1.5 * MiB).map((byte, at) => opcodes[(byte * 31 + at) % 13] ?? 0));
const mixed = Buffer.concat([program.subarray(0, MiB), zstdCompressSync(program.subarray(0, 1.5 * MiB)), confusing]);

const commands: [Decoder, string, ...string[]][] = [
  ['gzip', 'gzip', '-1'],
  ['gzip', 'pigz', '-1'],
  ['bzip2', 'bzip2', '-9'],
  ['bzip2', 'bzip2', '-1'],
  ['bzip2', 'pbzip2', '-1'],
  ['bzip2', 'lbzip2', '-1'],
  ['xz', 'xz', '-0'],
  ['xz', 'xz', '-1', '--check=sha256', '--x86', '--lzma2=preset=1'],
  ['xz', 'xz', '--delta=dist=3', '--arm', '--arm64', '--lzma2=preset=0,dict=128KiB,lc=1,lp=3,pb=4'],
  ['xz', 'xz', '--sparc', '--armthumb', '--powerpc', '--lzma2=preset=0,dict=64KiB'],
  ['xz', 'xz', '-0', '-T2', '--block-size=300KiB'],
  ['xz', 'pixz', '-0', '-t'],
  ['zstd', 'zstd', '-1'],
  ['zstd', 'zstd', '-3', '--long=27', '--no-check'],
  ['zstd, WebAssembly', 'zstd', '-3', '--long=27', '--no-check'],
  ['zstd, WebAssembly', 'zstd', '-19'],
  ['zstd', 'pzstd', '-1', '-p', '3'],
  ['lz4', 'lz4', '-1'],
  ['lz4', 'lz4', '-9', '-B4', '-BD', '--content-size'],
  ['lz4', 'lz4', '-1', '-B5', '-BX', '--no-frame-crc'],
  ['lz4', 'lz4', '-l'],
  ['lzma', 'xz', '--format=lzma', '-0'],
  ['lzma', 'xz', '--format=lzma', '--lzma1=preset=0,dict=64KiB,lc=1,lp=3,pb=4'],
];

/** The output of the command, or null when it is not installed. */
function compress(input: Buffer, command: string, ...options: string[]): Buffer | null {
  try {
    return execFileSync(command, [...options, '-c'], { input, maxBuffer: 64 * MiB });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

suite('the output of the real tools is read', () => {
  for (const [decoder, command, ...options] of commands) {
    test(`${[command, ...options].join(' ')}${decoder === 'zstd, WebAssembly' ? ' in WebAssembly' : ''}`, async (t) => {
      const stored = compress(mixed, command, ...options);
      if (stored === null) return t.skip(`${command} is not installed`);
      const twice = ONE_STREAM.has(formatOf(decoder)) ? 1 : 2;
      const whole = Buffer.concat(Array.from({ length: twice }, () => stored));
      const { content, facts } = await run(decoder, whole, 65536, 1, 333);
      assert.ok(content.equals(Buffer.concat(Array.from({ length: twice }, () => mixed))));
      assert.equal(facts.trailing, null);
      const at = stored.length >> 1;
      const flipped = Buffer.from(stored);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const outcome = await run(decoder, flipped).catch(() => null);
      if (facts.unchecked !== true) assert.equal(outcome, null, 'a flipped bit');
    });
  }

  test('xz reads content that is much larger than the dictionary', async (t) => {
    const stored = compress(program, 'xz', '--lzma2=preset=0,dict=64KiB,pb=4');
    if (stored === null) return t.skip('xz is not installed');
    assert.ok((await run('xz', stored)).content.equals(program));
  });
});
