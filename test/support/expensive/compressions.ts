import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { LZ4_LEGACY, SAMPLES } from '../compressed.ts';
import { bzip2OfSelectors } from '../bzip2-builder.ts';
import { lz4Block, lz4Frame, lz4Stored } from '../lz4-builder.ts';
import { chunkOfSymbols } from '../lzma-builder.ts';
import { archive, exportEntries, header } from '../tar-builder.ts';
import { zipOf } from '../zip-builder.ts';
import { FRAME_OF_PACKED_BYTE, sequencesInZstd } from '../zstd-builder.ts';
import { archives, entries, type Family, hexOf, items, type Makers, packed, repeated } from './family.ts';

const tar = archive(exportEntries());
const EMPTY_GZIP = gzipSync('');
const TINY_GZIP = gzipSync('x');
const GZIP_HEAD = EMPTY_GZIP.subarray(0, 10);

/** A gzip header with optional fields (RFC 1952, 2.3.1). */
function gzipHead(flags: number): Buffer {
  const head = Buffer.from(GZIP_HEAD);
  head[3] = flags;
  return head;
}

const GZIP: Makers = {
  'empty members': (bytes) => repeated(EMPTY_GZIP, bytes),
  'members of one byte': (bytes) => repeated(TINY_GZIP, bytes),
  'empty members behind an archive': (bytes) =>
    Buffer.concat([gzipSync(archive(exportEntries())), repeated(EMPTY_GZIP, bytes)]),
  'a name without end': (bytes) => Buffer.concat([gzipHead(8), repeated('n', bytes)]),
  'a comment in each member': (bytes) =>
    repeated(Buffer.concat([gzipHead(16), Buffer.from('a comment\0'), EMPTY_GZIP.subarray(10)]), bytes),
  'an extra field in each member': (bytes) =>
    repeated(Buffer.concat([gzipHead(4), Buffer.from([4, 0, 1, 1, 0, 0]), EMPTY_GZIP.subarray(10)]), bytes),
  'empty stored blocks': (bytes) => Buffer.concat([GZIP_HEAD, repeated(Buffer.from([0, 0, 0, 0xff, 0xff]), bytes)]),
  'empty fixed blocks': (bytes) => Buffer.concat([GZIP_HEAD, repeated(Buffer.from([2]), bytes)]),
  'zeros behind the end': (bytes) => Buffer.concat([gzipSync(archive(exportEntries())), Buffer.alloc(bytes)]),
};

const [TEXT_BZIP2 = Buffer.alloc(0), EMPTY_BZIP2 = Buffer.alloc(0)] = SAMPLES.bzip2.map(({ stored }) => stored);
const BZIP2: Makers = {
  'empty streams': (bytes) => repeated(EMPTY_BZIP2, bytes),
  'empty streams for the largest blocks': (bytes) =>
    repeated(Buffer.concat([Buffer.from('BZh9'), EMPTY_BZIP2.subarray(4)]), bytes),
  'small streams': (bytes) => repeated(TEXT_BZIP2, bytes),
  'a block that breaks off, again and again': (bytes) => repeated(TEXT_BZIP2.subarray(0, -20), bytes),
};

const EMPTY_XZ = SAMPLES.xz.find(({ name }) => name === 'xz of nothing')?.stored ?? Buffer.alloc(0);
const [TEXT_XZ = Buffer.alloc(0)] = SAMPLES.xz.map(({ stored }) => stored);

/** An xz stream of a short text, whose block header requires a dictionary of 128 MiB (xz file format, 5.3.1). */
function xzOfLargeDictionary(): Buffer {
  const stream = Buffer.from(TEXT_XZ);
  stream[16] = 30;
  stream.writeUInt32LE(crc32(stream.subarray(12, 20)), 20);
  return stream;
}

const XZ: Makers = {
  'empty streams': (bytes) => repeated(EMPTY_XZ, bytes),
  'small streams': (bytes) => repeated(TEXT_XZ, bytes),
  'small streams with large dictionaries': (bytes) => repeated(xzOfLargeDictionary(), bytes),
  padding: (bytes) => Buffer.concat([EMPTY_XZ, Buffer.alloc(bytes - (bytes % 4))]),
  'chunks of one byte': (bytes) =>
    Buffer.concat([xzOfLargeDictionary().subarray(0, 24), repeated(Buffer.from([1, 0, 0, 0x78]), bytes)]),
};

const EMPTY_ZSTD = SAMPLES.zstd.at(-1)?.stored ?? Buffer.alloc(0);
/** A zstd frame of one empty block with a window of 128 MiB (RFC 8878, 3.1.1.1.2: exponent 17, no mantissa). */
const WIDE_ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 1, 0, 0]);
/** A zstd frame with a window of 128 MiB and one block that holds a single byte. */
const WIDE_BYTE_ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3, 9, 0, 0, 0x78]);
const ZSTD: Makers = {
  'sequences of four bytes': (bytes) => sequencesInZstd(header({ name: 'f', size: 2 ** 33 - 512 }), bytes),
  'frames of a compressed block': (bytes) => repeated(FRAME_OF_PACKED_BYTE, bytes),
  'empty frames': (bytes) => repeated(EMPTY_ZSTD, bytes),
  'frames with wide windows': (bytes) => repeated(WIDE_ZSTD, bytes),
  'frames of one byte with wide windows': (bytes) => repeated(WIDE_BYTE_ZSTD, bytes),
  'frames to be skipped': (bytes) => repeated(Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]), bytes),
  'empty blocks': (bytes) => Buffer.concat([WIDE_ZSTD.subarray(0, 6), repeated(Buffer.alloc(3), bytes)]),
  'blocks of one byte': (bytes) =>
    Buffer.concat([WIDE_ZSTD.subarray(0, 6), repeated(Buffer.from([8, 0, 0, 0x78]), bytes)]),
};

const LZ4: Makers = {
  'empty frames': (bytes) => repeated(lz4Frame(), bytes),
  'legacy frames without blocks': (bytes) => repeated(Buffer.from([2, 0x21, 0x4c, 0x18]), bytes),
  'frames to be skipped': (bytes) => repeated(Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0]), bytes),
  'frames of one byte': (bytes) => repeated(lz4Stored(Buffer.from('x')), bytes),
  'empty blocks': (bytes) =>
    Buffer.concat([lz4Frame().subarray(0, 7), repeated(lz4Block(Buffer.alloc(0), true), bytes)]),
  'blocks of one byte': (bytes) =>
    Buffer.concat([lz4Frame().subarray(0, 7), repeated(lz4Block(Buffer.from('x'), true), bytes)]),
  'short matches': (bytes) => {
    const sequences = repeated(Buffer.from([0x14, 0x78, 1, 0]), 2 ** 20);
    const block = lz4Block(Buffer.concat([Buffer.from('\x10x\x01\0'), sequences, Buffer.from('\x50after')]));
    return Buffer.concat([lz4Frame().subarray(0, 7), repeated(block, bytes)]);
  },
};

/** The beginning of an xz stream without checksums of its contents, and the header of each of its blocks. */
function xzParts(): { start: Buffer; blockHeader: Buffer } {
  const sealed = (fields: number[]): Buffer => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(Buffer.from(fields)));
    return Buffer.concat([Buffer.from(fields), sum]);
  };
  const start = Buffer.concat([Buffer.from('\xfd7zXZ\0', 'latin1'), sealed([0, 0])]);
  return { start, blockHeader: sealed([2, 0, 0x21, 1, 0, 0, 0, 0]) };
}

/** An xz stream of blocks that hold one byte each. */
function xzBlocks(bytes: number): Buffer {
  const { start, blockHeader } = xzParts();
  return Buffer.concat([
    start,
    repeated(Buffer.concat([blockHeader, Buffer.from([1, 0, 0, 0x78, 0, 0, 0, 0])]), bytes),
  ]);
}

/** An xz stream of one block: an archive, and then chunks that hold one byte each. */
function xzChunks(bytes: number): Buffer {
  const { start, blockHeader } = xzParts();
  const first = Buffer.from([1, (tar.length - 1) >> 8, (tar.length - 1) & 255]);
  return Buffer.concat([start, blockHeader, first, tar, repeated(Buffer.from([2, 0, 0, 0]), bytes)]);
}

/** An xz stream of one block: an archive, and then chunks whose symbols stand for one byte each. */
function xzSymbols(bytes: number): Buffer {
  const { start, blockHeader } = xzParts();
  const head = header({ name: 'f', size: 2 ** 33 - 512 });
  return Buffer.concat([start, blockHeader, Buffer.from([1, 1, 255]), head, repeated(chunkOfSymbols(2 ** 21), bytes)]);
}

/** Compressed data of very many units, each with almost no content. gzip around it compresses it to almost nothing. */
const IN_GZIP: Makers = {
  'gzip, a name without end': (bytes) => GZIP['a name without end']!(bytes),
  'bzip2, blocks of very many selectors': (bytes) => repeated(bzip2OfSelectors(), bytes),
  'xz, symbols of one byte': xzSymbols,
  'gzip, empty stored blocks': (bytes) => GZIP['empty stored blocks']!(bytes),
  'xz, blocks of one byte': xzBlocks,
  'xz, chunks of one byte': xzChunks,
  'zstd, empty blocks': (bytes) => ZSTD['empty blocks']!(bytes),
  'lz4, empty blocks': (bytes) => LZ4['empty blocks']!(bytes),
  'lz4, blocks of one byte of the old format': (bytes) =>
    Buffer.concat([Buffer.from([2, 0x21, 0x4c, 0x18]), repeated(Buffer.from([1, 0, 0, 0, 0]), bytes)]),
};

const [TEXT_LZMA = Buffer.alloc(0)] = SAMPLES.lzma.map(({ stored }) => stored);
const LZMA: Makers = {
  'bytes after the end': (bytes) => Buffer.concat([TEXT_LZMA, repeated(TEXT_LZMA, bytes)]),
};

const zipFile = (name: string) => ({ name, body: new Uint8Array() });
const ZIP: Makers = {
  'empty files behind an archive': (bytes) =>
    zipOf([{ name: 'a.tar', body: tar }, ...Array.from({ length: bytes / 80 }, (_, i) => zipFile(`${i}`))], {
      deflate: false,
    }),
  'empty deflate blocks': (bytes) => {
    const zip = zipOf([{ name: 'a.tar', body: tar }], { streamed: true });
    const start = 30 + 'a.tar'.length;
    return Buffer.concat([
      zip.subarray(0, start),
      repeated(Buffer.from([0, 0, 0, 0xff, 0xff]), bytes),
      zip.subarray(start),
    ]);
  },
  'a long comment': (bytes) => Buffer.concat([zipOf([{ name: 'a.tar', body: tar }]), repeated('PK\x05\x06', bytes)]),
};

/** A zip file in an image, with very many entries beside its archive. */
const ZIP_OF_MANY: Makers = {
  'leftovers beside the archive': (bytes) => zipAsLayer(new Uint8Array(), bytes),
  'large leftovers beside the archive': (bytes) => zipAsLayer(new Uint8Array(2 ** 24), bytes),
};

function zipAsLayer(leftover: Uint8Array, bytes: number): Buffer {
  const [one, whole] = [zipOf([{ name: '.DS_Store', body: leftover }]), zipOf([{ name: 'a.tar', body: tar }])];
  const [entry, directory] = [one.subarray(0, one.indexOf('PK\x01\x02')), whole.indexOf('PK\x01\x02')];
  return imageOf(Buffer.concat([whole.subarray(0, directory), repeated(entry, bytes), whole.subarray(directory)]));
}

/** Streams as layers of an image; gzip around the archive compresses them to almost nothing. */
const IN_LAYERS: Makers = Object.fromEntries([
  ...layersOf('gzip', GZIP, 'empty members', 'members of one byte', 'empty stored blocks'),
  ...layersOf('bzip2', BZIP2, 'empty streams', 'small streams'),
  ...layersOf('xz', XZ, 'empty streams', 'small streams'),
  ...layersOf('lz4', LZ4, 'empty frames', 'blocks of one byte', 'empty blocks'),
  ...layersOf('zstd', ZSTD, 'empty frames', 'frames of one byte with wide windows', 'empty blocks'),
]);

function layersOf(compression: string, makers: Makers, ...names: string[]): [string, (bytes: number) => Uint8Array][] {
  return names.map((name) => [`${compression}, ${name}`, (bytes) => imageOf(Buffer.from(makers[name]?.(bytes) ?? ''))]);
}

function imageOf(body: Uint8Array): Buffer {
  return archive([
    { name: 'layer.tar', body },
    { name: 'manifest.json', body: '[{"Config":"c.json","Layers":["layer.tar"]}]' },
    { name: 'c.json', body: '{}' },
  ]);
}

const MANY_LAYERS: Makers = {
  'many small gzip layers': (bytes) => {
    const body = gzipSync(archive([{ name: 'f' }]));
    const names = items(
      bytes,
      (i) => `${i}.tar.gz`,
      () => 1024,
    );
    return archive([
      ...names.map((name) => ({ name, body })),
      { name: 'manifest.json', body: JSON.stringify([{ Config: 'c.json', Layers: names.slice(0, 100) }]) },
      { name: 'c.json', body: '{}' },
    ]);
  },
  'many small zip files': (bytes) =>
    archive(
      items(
        bytes,
        (i) => ({ name: `${i}.tar`, body: zipOf([{ name: 'a', body: deflateRawSync('') }]) }),
        () => 1024,
      ),
    ),
};

/** The content of a layer that is just long enough to be hashed on another thread. */
const LONG = archive([{ name: 'f', body: Buffer.alloc(1.2 * 2 ** 20) }]);

/** Layers that each want another thread for their hashes, sound and damaged. */
const LONG_LAYERS: Makers = {
  'many layers of a MiB': (bytes) => layersOfBody(bytes, gzipSync(LONG)),
  'many damaged layers of a MiB': (bytes) => {
    const body = gzipSync(LONG);
    body.writeUInt32LE(0, body.length - 8); // the CRC-32
    return layersOfBody(bytes, body);
  },
};

function layersOfBody(bytes: number, body: Buffer): Buffer {
  return archive(
    items(
      bytes,
      (i) => ({ name: `${i}.tar.gz`, body }),
      () => 512 + body.length,
    ),
  );
}

/** A zstd frame with a window of 128 MiB, and with so much content that it is not expanded in one call. */
const WIDE_ZSTD_LAYER = Buffer.concat([
  WIDE_ZSTD.subarray(0, 6),
  Buffer.from([((10_240 << 3) & 255) | 1, ((10_240 << 3) >> 8) & 255, (10_240 << 3) >> 16]),
  Buffer.alloc(10_240),
]);

/** A gzip member so long that it is not inflated in one call. */
const GZIP_LAYER = gzipSync(Buffer.from(Array.from({ length: 10_000 }, (_, i) => (i * i * 31) >> 5)));

/** Compressed layers so small that it takes longer to make their decompressors than to expand them. */
const MANY_DECOMPRESSORS: Makers = Object.fromEntries(
  Object.entries({
    gzip: GZIP_LAYER,
    bzip2: TEXT_BZIP2,
    xz: TEXT_XZ,
    lzma: TEXT_LZMA,
    'lz4, old format': LZ4_LEGACY.stored,
    'zstd with wide windows': WIDE_ZSTD_LAYER,
  }).map(([name, body]) => [
    name,
    (bytes: number) =>
      archive([
        { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
        { name: 'index.json', body: '{"manifests":[]}' },
        ...entries(bytes, (i) => ({ name: `blobs/sha256/${hexOf(i)}`, body })),
      ]),
  ]),
);

export const COMPRESSIONS: Family[] = [
  ...packed('gzip', GZIP),
  ...packed('bzip2', BZIP2),
  ...packed('xz', XZ),
  ...packed('zstd', ZSTD),
  ...packed('lz4', LZ4),
  ...packed('lzma', LZMA),
  ...packed('zip', ZIP),
  ...archives('compressed twice', IN_GZIP, 64 * 2 ** 20),
  ...archives('zip files', ZIP_OF_MANY, 64 * 2 ** 20),
  ...archives('compressed layers', { ...IN_LAYERS, ...MANY_LAYERS }),
  ...archives('threads', LONG_LAYERS, 2 ** 18),
  ...archives('decompressors', MANY_DECOMPRESSORS),
];
