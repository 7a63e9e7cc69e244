import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { LIMITS } from '../../../core/limits.ts';
import { inspectCost } from '../../support/cost.ts';
import { COMPRESSIONS } from '../../support/expensive/compressions.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { archive, header } from '../../support/tar-builder.ts';
import { zipOf } from '../../support/zip-builder.ts';
import { EMPTY_FRAME, FRAME_OF_ONE, FRAME_OF_PACKED_BYTE } from '../../support/zstd-builder.ts';

const MiB = 2 ** 20;
const tar = archive([{ name: 'etc/', type: '5' }]);
const filled = (bytes: Uint8Array) => Buffer.alloc(MiB - (MiB % bytes.length), bytes);

/** The same frame with the largest allowed window, which must not be allocated for each frame. */
function withLargestWindow(frame: Buffer): Buffer {
  const changed = Buffer.from(frame);
  changed[5] = (Math.log2(LIMITS.windowBytes) - 10) << 3;
  return changed;
}

/** A zip of a tar and of many empty, deflated files that macOS could have added. */
function zipOfEmptyFiles(): Buffer {
  const [one, two] = [
    { name: 'a.tar', body: tar },
    { name: '__MACOSX/', body: Buffer.alloc(0) },
  ];
  const empty = zipOf([{ ...two, name: '__MACOSX/a' }], { deflate: true });
  const local = empty.subarray(0, empty.indexOf('PK\x01\x02'));
  const whole = zipOf([one, two], { deflate: true });
  const directory = whole.indexOf('PK\x01\x02');
  return Buffer.concat([whole.subarray(0, directory), filled(local), whole.subarray(directory)]);
}

const gzip = gzipSync(tar);
const zstd = zstdCompressSync(tar);
const costly: Record<string, () => Buffer> = {
  'empty gzip members': () => Buffer.concat([gzip, filled(gzipSync(''))]),
  'empty zstd frames': () => Buffer.concat([zstd, filled(EMPTY_FRAME)]),
  'empty zstd frames with a checksum': () => Buffer.concat([zstd, filled(withChecksum())]),
  'zstd frames of a compressed block': () => Buffer.concat([zstd, filled(FRAME_OF_PACKED_BYTE)]),
  'zstd frames of one byte': () => Buffer.concat([zstd, filled(FRAME_OF_ONE)]),
  'zstd frames with the largest window': () => Buffer.concat([zstd, filled(withLargestWindow(FRAME_OF_ONE))]),
  'frames to be skipped, and empty ones': () =>
    Buffer.concat([zstd, filled(Buffer.concat([Buffer.from('502a4d1800000000', 'hex'), EMPTY_FRAME]))]),
  'empty entries of a zip': zipOfEmptyFiles,
};

/** The output of zstd for empty input: an empty frame with a checksum. */
function withChecksum(): Buffer {
  return zstdCompressSync('');
}

for (const [name, make] of Object.entries(costly)) {
  test(`1 MiB of parts that hold almost nothing takes less than two seconds of CPU: ${name}`, async () => {
    const bytes = make();
    const alone = await inspectCost(bytes, 2);
    assert.ok(alone.seconds < 2, `${alone.seconds} s`);
    const image = dockerArchive([{ names: ['a:1'], layers: [bytes] }]);
    const inside = await inspectCost(image, 2);
    assert.ok(inside.seconds < 2, `${inside.seconds} s as a layer`);
  });
}

test('zeros in gzip members of some hundred KiB are inflated about as fast as in a single one', async () => {
  const member = gzipSync(Buffer.alloc(2 ** 18 + 1));
  const content = 1000 * (2 ** 18 + 1);
  const head = gzipSync(header({ name: 'zeros', size: content }));
  const end = gzipSync(Buffer.alloc(1024 + 512 - (content % 512)));
  const upload = Buffer.concat([head, ...Array.from({ length: 1000 }, () => member), end]);
  const { seconds, findings } = await inspectCost(upload, 0.8);
  assert.ok(seconds < 0.8, `${seconds} s`);
  assert.ok(!findings.includes('damaged') && !findings.includes('truncated'), findings);
});

for (const [name, part] of [
  ['empty gzip members', gzipSync('')],
  ['gzip members of one byte', gzipSync('a')],
] as const) {
  test(`a layer of 16 MiB of ${name}, which a compressed upload holds in 40 kB, is refused within two seconds`, async () => {
    const layer = Buffer.concat([gzip, Buffer.alloc(16 * MiB - ((16 * MiB) % part.length), part)]);
    const upload = gzipSync(dockerArchive([{ names: ['a:1'], layers: [layer] }]));
    const { seconds, findings } = await inspectCost(upload, 2.5);
    assert.ok(seconds < 2.5, `${seconds} s`);
    assert.ok(findings.includes('expansion ratio'));
  });
}

for (const { name, make } of COMPRESSIONS.filter((each) => /^(?:compressed twice|zip files)$/.test(each.reader))) {
  test(`64 MiB of ${name}, which gzip compresses to almost nothing, are refused within two seconds`, async () => {
    const { seconds, findings } = await inspectCost(make(64 * MiB).archive, 2);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.ok(findings.includes('expansion ratio'), findings);
  });
}

for (const { name, make } of COMPRESSIONS.filter((each) => each.reader === 'decompressors')) {
  test(`many small layers take less than two seconds of CPU: ${name}`, async () => {
    const { seconds } = await inspectCost(make(12 * MiB).archive, 2);
    assert.ok(seconds < 2, `${seconds} s`);
  });
}
