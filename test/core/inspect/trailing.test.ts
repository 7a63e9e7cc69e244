import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gzipSync, zstdCompressSync } from 'node:zlib';
import { clientVerdicts } from '../../../core/clients/verdicts.ts';
import { decompress } from '../../../core/compression/decompress.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { SAMPLES } from '../../support/compressed.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { bzip2Image, xzImage } from '../../support/packed.ts';
import { archive } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

// Bytes behind compressed data. The verdicts: Docker 20.10 and 28.5, podman 4.3 and 5.8, skopeo 1.9 and 1.22.

const image = dockerArchive([
  { names: ['web:1'], layers: [archive([{ name: 'srv/', type: '5' }])], config: { Cmd: ['sh'] } },
]);
const PACKED = { gzip: gzipSync(image), zstd: zstdCompressSync(image), bzip2: bzip2Image, xz: xzImage } as const;
const TAILS = { junk: Buffer.from('junkjunk'), zeros: Buffer.alloc(600), 'odd zeros': Buffer.alloc(601) } as const;

test('bytes behind compressed data give the finding and the verdict of each client', async () => {
  for (const [compression, packed] of Object.entries(PACKED)) {
    const clean = clientVerdicts(await inspectBytes(packed));
    for (const [tail, bytes] of Object.entries(TAILS)) {
      const inspection = await inspectBytes(Buffer.concat([packed, bytes]));
      const code = inspection.findings.find(
        (each) =>
          each.code.startsWith('compressed-') &&
          each.code !== 'compressed-outside' &&
          each.code !== 'compressed-unchecked',
      )?.code;
      const zeros = tail !== 'junk';
      const isPadding = zeros && (compression === 'gzip' || (compression === 'xz' && tail === 'zeros'));
      const expected = isPadding
        ? 'compressed-padding'
        : compression === 'gzip'
          ? 'compressed-trailing-bytes'
          : 'compressed-bytes-refused';
      assert.equal(code, expected, `${compression} and ${tail}`);
      const minded = !(compression === 'xz' && tail === 'zeros');
      for (const [i, verdict] of clientVerdicts(inspection).entries()) {
        const reads = minded && (verdict.client === 'podman' || verdict.client === 'skopeo-docker-archive');
        assert.equal(verdict.loads, reads ? false : clean[i]?.loads, `${compression} and ${tail} in ${verdict.client}`);
        if (verdict.client === 'docker' && minded && compression !== 'gzip') assert.equal(verdict.since, '28.5');
      }
    }
  }
});

async function codeOf(format: 'xz' | 'bzip2' | 'zstd', bytes: Buffer): Promise<string> {
  const facts = { members: 0, trailing: null };
  try {
    await collect(decompress(chunked(bytes), format, plainTools, facts));
    return facts.trailing === null ? 'read' : 'trailing';
  } catch (error) {
    return (error as { finding: { code: string } }).finding.code;
  }
}

test('a further stream with a damaged header is damage, and not bytes to be ignored', async () => {
  for (const [format, magic] of [
    ['xz', 6],
    ['bzip2', 4],
    ['zstd', 4],
  ] as const) {
    const [{ stored } = { stored: Buffer.alloc(0) }] = SAMPLES[format];
    for (let at = 0; at < magic; at++) {
      for (const mask of [0x80, 0x40]) {
        const twice = Buffer.concat([stored, stored]);
        twice[stored.length + at]! ^= mask;
        assert.equal(await codeOf(format, twice), 'compressed-damaged', `${format}, byte ${at}`);
      }
    }
    assert.equal(await codeOf(format, Buffer.concat([stored, Buffer.from('a log line of some length\n')])), 'trailing');
  }
});

test('an integer of xz that takes more bytes than it needs is damage (as in bad-1-vli-1.xz)', async () => {
  // A block header with both sizes; the content's size takes one byte, or two that mean the same.
  const start = Buffer.from('fd377a585a000004e6d6b446', 'hex');
  const header = (sizes: number[]): Buffer => {
    const body = Buffer.alloc(8);
    body.set([2, 0x80, ...sizes, 0x21, 1, 0x16]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(body));
    return Buffer.concat([start, body, sum]);
  };
  const content = Buffer.from([1, 0, 2, 0x68, 0x69, 0x0a, 0]); // one LZMA2 chunk, uncompressed: "hi\n"
  const found = async (sizes: number[]) => codeOf('xz', Buffer.concat([header(sizes), content]));
  assert.equal(await found([3]), 'compressed-truncated'); // valid up to the missing check
  assert.equal(await found([0x83, 0]), 'compressed-damaged');
});
