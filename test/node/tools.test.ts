import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { PortableInflate } from '../../core/compression/inflate.ts';
import type { Hasher, RawInflate } from '../../core/model/ports.ts';
import { startThread } from '../../node/hash-thread.ts';
import { inlineHasher } from '../../node/hasher.ts';
import { NativeInflate } from '../../node/inflate.ts';
import { nativeTools } from '../../node/tools.ts';
import { fc } from '../support/properties.ts';

const MIB = 2 ** 20;

/** Bytes whose period is so long that a slot of the ring that is read twice, or not at all, changes the digest. */
function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index ^ (index >> 8) ^ ((index >> 16) * 7)) & 255;
  return bytes;
}

test('the hasher on a thread gives the digest of the one without a thread, however the bytes are cut', async () => {
  const bytes = pattern(12 * MIB + 77);
  const cuts = fc.array(fc.nat({ max: bytes.length }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.nat({ max: bytes.length }), async (points, end) => {
      const tools = nativeTools({ threads: true });
      const [threaded, inline] = [tools.newHasher(), inlineHasher()];
      const edges = [0, ...points.filter((point) => point < end).toSorted((a, b) => a - b), end];
      for (const [index, edge] of edges.slice(1).entries()) {
        // The hasher must not read the memory of a chunk once update has returned.
        const chunk = bytes.slice(edges[index], edge);
        await inline.update(chunk);
        await threaded.update(chunk);
        chunk.fill(0);
      }
      assert.equal(await threaded.digest(), await inline.digest());
    }),
    { numRuns: 20 },
  );
});

test('the hasher of a file gives the digest of the bytes that were read, wherever they begin in the file', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'lading-test-')), 'file');
  const bytes = pattern(3 * MIB + 77);
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  try {
    for (const start of [0, 1, MIB + 1]) {
      const [threaded, inline] = [nativeTools({ threads: true }).newFileHasher(fd, start), inlineHasher()];
      for (let at = start; at < bytes.length; at += 99_991) {
        await threaded.update(bytes.subarray(at, at + 99_991));
        await inline.update(bytes.subarray(at, at + 99_991));
      }
      assert.equal(await threaded.digest(), await inline.digest());
    }
  } finally {
    closeSync(fd);
    rmSync(dirname(path), { recursive: true });
  }
});

test('a thread that is started beforehand serves the first hasher that is made, and no other', async () => {
  const bytes = pattern(5 * MIB);
  const expected = await digestOf(inlineHasher(), bytes);
  for (const beforehand of [1, 2, 0]) {
    for (let each = 0; each < beforehand; each++) startThread();
    const [first, second] = [nativeTools({ threads: true }).newHasher(), nativeTools({ threads: true }).newHasher()];
    assert.deepEqual(await Promise.all([digestOf(first, bytes), digestOf(second, bytes)]), [expected, expected]);
  }
});

async function digestOf(hasher: Hasher, bytes: Uint8Array): Promise<string> {
  for (let at = 0; at < bytes.length; at += 99_991) await hasher.update(bytes.subarray(at, at + 99_991));
  return await hasher.digest();
}

test('a hasher whose digest was taken leaves its memory to the next one', async () => {
  const tools = nativeTools({ threads: true });
  const before = process.memoryUsage().external;
  for (let each = 0; each < 500; each++) await digestOf(tools.newHasher(), pattern(5));
  assert.ok(process.memoryUsage().external - before < 50 * MIB);
});

/** Counts the threads that are started while `work` runs. */
async function threadsOf(work: () => Promise<void>): Promise<number> {
  let threads = 0;
  const count = () => void threads++;
  process.on('worker', count);
  await work();
  process.off('worker', count);
  return threads;
}

/** The bytes of a content that is long enough for a thread. */
const LONG = pattern(3 * MIB + 77);

test('hashers that follow one another use the same thread, whether they are asked for the digest or discarded', async () => {
  const tools = nativeTools({ threads: true });
  const expected = await digestOf(inlineHasher(), LONG);
  const threads = await threadsOf(async () => {
    for (let each = 0; each < 20; each++) {
      const discarded = tools.newHasher();
      await discarded.update(LONG);
      discarded.discard?.();
      discarded.discard?.(); // a second time, it must not give its memory away once more
      assert.equal(await digestOf(tools.newHasher(), LONG), expected);
    }
  });
  assert.equal(threads, 1);
  tools.close();
});

test('hashers that are used at the same time, or never ended, start a few threads, and all digests are right', async () => {
  const tools = nativeTools({ threads: true });
  const expected = await digestOf(inlineHasher(), LONG);
  const threads = await threadsOf(async () => {
    const hashers = Array.from({ length: 20 }, () => tools.newHasher());
    const digests = await Promise.all(hashers.map((hasher) => digestOf(hasher, LONG)));
    assert.deepEqual(new Set(digests), new Set([expected]));
    for (let each = 0; each < 20; each++) await tools.newHasher().update(LONG);
    assert.equal(await digestOf(tools.newHasher(), LONG), expected);
  });
  assert.ok(threads <= 4, `${threads} threads`);
  tools.close();
});

test('a hasher of a file hashes it on this thread when all other threads are in use', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'lading-test-')), 'file');
  writeFileSync(path, LONG);
  const fd = openSync(path, 'r');
  const tools = nativeTools({ threads: true });
  try {
    for (let each = 0; each < 4; each++) await tools.newHasher().update(LONG);
    assert.equal(await digestOf(tools.newFileHasher(fd, 0), LONG), await digestOf(inlineHasher(), LONG));
  } finally {
    tools.close();
    closeSync(fd);
    rmSync(dirname(path), { recursive: true });
  }
});

test('a hasher whose digest is never asked for does not keep the process alive', () => {
  const script = `
    import { nativeTools } from '${new URL('../../node/tools.ts', import.meta.url).href}';
    await nativeTools({ threads: true }).newHasher().update(new Uint8Array(${3 * MIB}));
    console.log('done');
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });
  assert.equal(output.toString(), 'done\n');
});

test('an awaited digest arrives even when nothing else keeps the process alive', () => {
  const script = `
    import { nativeTools } from '${new URL('../../node/tools.ts', import.meta.url).href}';
    const hasher = nativeTools({ threads: true }).newHasher();
    await hasher.update(new Uint8Array(${9 * MIB}));
    console.log(await hasher.digest());
  `;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });
  const expected = createHash('sha256')
    .update(new Uint8Array(9 * MIB))
    .digest('hex');
  assert.equal(output.toString(), `sha256:${expected}\n`);
});

interface Inflated {
  output: Buffer;
  /** Bytes of the input that the engine consumed. */
  consumed: number;
  ended: boolean;
}

/** Inflates `input` in chunks that end at `edges`, until the engine reports the end of the stream. */
async function inflate(engine: RawInflate, input: Uint8Array, edges: number[]): Promise<Inflated> {
  const output: Uint8Array[] = [];
  let consumed = 0;
  let start = 0;
  try {
    for (const end of [...edges, input.length]) {
      for await (const chunk of engine.push(input.slice(start, end))) output.push(Buffer.from(chunk));
      consumed = end - engine.unused;
      if (engine.ended) break;
      start = end;
    }
    return { output: Buffer.concat(output), consumed, ended: engine.ended };
  } finally {
    engine.close();
  }
}

const ENGINES = [
  ['native', (): RawInflate => new NativeInflate()],
  ['portable', (): RawInflate => new PortableInflate()],
] as const;

for (const [name, engine] of ENGINES) {
  test(`${name} inflate: output and consumed bytes are exact, however the input is cut, whatever follows it`, async () => {
    const data = fc.oneof(fc.uint8Array({ maxLength: 5000 }), fc.nat({ max: 3 * MIB }).map(pattern));
    await fc.assert(
      fc.asyncProperty(
        data,
        fc.uint8Array({ maxLength: 20 }),
        fc.array(fc.nat({ max: 10_000 })),
        async (content, after, cuts) => {
          const deflated = deflateRawSync(content);
          const input = Buffer.concat([deflated, after]);
          const edges = [...cuts.filter((cut) => cut < input.length), deflated.length].toSorted((a, b) => a - b);
          const result = await inflate(engine(), input, edges);
          assert.ok(result.output.equals(content));
          assert.equal(result.consumed, deflated.length);
          assert.equal(result.ended || after.length === 0, true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test(`${name} inflate: a stream that stops early never reports its end`, async () => {
    const deflated = deflateRawSync(pattern(100_000));
    const result = await inflate(engine(), deflated.subarray(0, -1), [10]);
    assert.equal(result.ended, false);
  });

  test(`${name} inflate: damaged data throws`, async () => {
    const deflated = deflateRawSync(pattern(100_000));
    await assert.rejects(inflate(engine(), Buffer.from([0x07, ...deflated]), []));
  });

  test(`${name} inflate: a consumer that stops early can close the engine`, async () => {
    const instance = engine();
    for await (const chunk of instance.push(deflateRawSync(new Uint8Array(20 * MIB)))) {
      assert.ok(chunk.length > 0);
      break;
    }
    instance.close();
  });
}
