import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import type { Source } from '../../../core/model/ports.ts';
import { outOfTime, READING } from '../../../core/service/deadline.ts';
import { inspectUpload } from '../../../core/service/service.ts';
import type { Uploads } from '../../../core/service/stores.ts';
import { chunked } from '../../support/bytes.ts';
import { type Huge, hugeImage, pieceOf } from '../../support/huge.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';
import { fc } from '../../support/properties.ts';

const GB = 1e9;
const MINUTE = 60_000;
const PIECE = 2 ** 16;

/** The time in ms at which reading `size` bytes at a steady rate is given up; null when it is read to its end. */
function givenUpAfter(size: number, bytesPerMs: number, time: number): number | null {
  for (let elapsed = 0; elapsed * bytesPerMs < size; elapsed += 1000) {
    if (outOfTime(READING, { size, done: elapsed * bytesPerMs, elapsed, left: time - elapsed }) !== null)
      return elapsed;
  }
  return null;
}

test('an upload is read when there is time, given up within 31 s when there is not, and refused at once when no rate would do', () => {
  const [sizes, rates] = [fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100 })];
  fc.assert(
    fc.property(sizes, rates, fc.integer({ min: 2, max: 15 }), (gigabytes, megabytesPerSecond, minutes) => {
      const [size, rate, time] = [gigabytes * GB, megabytesPerSecond * 1000, minutes * MINUTE];
      const needed = size / rate;
      const after = givenUpAfter(size, rate, time);
      if (needed <= time - 16_000) assert.equal(after, null, 'it would have been done');
      if (needed > time * 1.3) assert.ok(after !== null && after <= 31_000, `given up after ${after} ms`);
      if (size / 100_000 > time) assert.equal(after, 0, 'not even begun');
    }),
    { numRuns: 1000 },
  );
});

/** The result of the inspect function for an upload that is never in memory; each 64 KiB take `msPerPiece`. */
async function inspected(huge: Huge, time: number, msPerPiece: number) {
  const store = new MemoryStore();
  const notice = store.upload('huge.tar', '');
  let [now, bytes, requests] = [0, 0, 0];
  const source: Source = {
    async *open(start = 0, end = huge.size) {
      requests += 1;
      for (let at = start; at < end; at += PIECE) {
        const piece = pieceOf(huge, at, Math.min(end, at + PIECE));
        bytes += piece.length;
        now += msPerPiece;
        yield piece;
      }
    },
  };
  const uploads: Uploads = {
    find: async () => ({ identity: { ...notice, etag: 'e', size: huge.size }, metadata: {} }),
    source: () => source,
    small: async () => null,
  };
  const timeLeft = () => time - now;
  const deps = { uploads, results: store, tools: plainTools, clock: () => now, timeLeft, version: '0' };
  const outcome = await inspectUpload(notice, deps);
  assert.equal(outcome.kind, 'refused');
  const manifest: ArchiveManifest = JSON.parse(
    Buffer.from(store.results.get('huge.tar/manifest.json') ?? '').toString(),
  );
  assertManifest(manifest);
  const [first, ...others] = manifest.findings;
  assert.deepEqual([first?.code, manifest.summary, manifest.result], ['no-time', first?.message, null]);
  return { manifest, first, others: others.map((each) => each.code), bytes, requests, now };
}

test('an upload that nobody could read in time is refused at once, and its manifest says what its documents tell', async () => {
  const { manifest, first, bytes, requests } = await inspected(hugeImage(40, 3 * GB), 14 * MINUTE, 10);
  assert.match(first?.message ?? '', /at 100 MB\/s 120,\d+,\d+,\d+ bytes take 21 minutes, and the service has 14\./);
  assert.deepEqual(
    [manifest.quick, manifest.images[0]?.names, manifest.images[0]?.layers.length],
    [true, ['team/huge:1'], 40],
  );
  assert.deepEqual([manifest.cost.bytesRead, manifest.cost.requests], [bytes, requests]);
  assert.ok(bytes < 2 ** 20 && requests <= 60);
});

test('an upload that comes too slowly is given up once the rate is known, long before the time is over', async () => {
  const { manifest, bytes, now } = await inspected(hugeImage(3, 2 ** 23), 5 * MINUTE, 5000);
  assert.ok(now <= MINUTE, `${now} ms`);
  assert.deepEqual([manifest.quick, manifest.images[0]?.names], [true, ['team/huge:1']]);
  assert.equal(manifest.cost.bytesRead, bytes);
});

test('an upload that a quick look cannot describe is refused in the same way', async () => {
  const gzip = { size: 200 * GB, stretches: [{ at: 0, bytes: gzipSync(Buffer.alloc(4096)) }] };
  const { others, manifest } = await inspected(gzip, 14 * MINUTE, 10);
  assert.deepEqual([others, manifest.images], [[], []]);
});

test('an upload whose last bytes expand for longer than there is time is given up before the time is over', async () => {
  const store = new MemoryStore();
  const layer = gzipSync(archive([{ name: 'zeros', body: Buffer.alloc(64 * 2 ** 20) }]));
  for (const bytes of [layer, dockerArchive([{ names: ['a:1'], layers: [layer] }])]) {
    const notice = store.upload('bomb.tar', '');
    const time = 5 * MINUTE;
    let now = 0;
    // All stored bytes are there at once. Every chunk that they expand to takes two seconds.
    const tools = { ...plainTools, breathe: () => void (now += 2000) };
    const uploads: Uploads = {
      find: async () => ({ identity: { ...notice, etag: 'e', size: bytes.length }, metadata: {} }),
      source: () => ({ open: (start = 0, end = bytes.length) => chunked(bytes.subarray(start, end), bytes.length) }),
      small: async () => null,
    };
    const deps = { uploads, results: store, tools, clock: () => now, timeLeft: () => time - now, version: '0' };
    await inspectUpload(notice, deps);
    const manifest = JSON.parse(Buffer.from(store.results.get('bomb.tar/manifest.json') ?? '').toString());
    assert.equal(manifest.findings[0]?.code, 'no-time');
    assert.ok(now <= time, `${now} ms`);
    store.results.clear();
  }
});
