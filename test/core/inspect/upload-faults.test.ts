import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Finding } from '../../../core/catalogue/findings.ts';
import { inspect } from '../../../core/inspect/inspect.ts';
import { chunked } from '../../support/bytes.ts';
import { randomFrom } from '../../support/corpus-damage.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { lz4Stored } from '../../support/lz4-builder.ts';
import { bzip2Sample, xzSample } from '../../support/packed.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

// Ways in which an upload to S3 wraps an archive. Each is named, whatever the archive is packed with, and only that.

const random = randomFrom(20261128);
const noise = Buffer.from(Array.from({ length: 9000 }, () => Math.floor(random() * 256)));
const root = archive([...exportEntries(), { name: 'bin/app', body: noise, mode: 0o755 }]);
const PACKED: Record<string, Buffer> = {
  tar: root,
  gzip: gzipSync(root),
  zstd: zstdCompressSync(root),
  bzip2: bzip2Sample,
  xz: xzSample,
};

async function only(bytes: Uint8Array, name?: string): Promise<Finding> {
  const { findings } = await inspect(chunked(bytes), plainTools, { name });
  const [first] = findings;
  assert.ok(first !== undefined);
  assert.equal(first.severity, 'error');
  for (const { message, remedy } of [first, first.zh]) {
    assert.doesNotMatch(`${message} ${remedy}`, /\{\w+\}|undefined|object Object/);
    assert.notEqual(remedy, '');
  }
  assert.match(first.zh.message, /\p{Script=Han}/u);
  return first;
}

test('the body of a form upload is named, whatever the order of its fields and whatever client sent it', async () => {
  const field = '\r\nContent-Disposition: form-data; name="key"\r\n\r\nweb.tar\r\n';
  const file =
    '\r\nContent-Disposition: form-data; name="file"; filename="w.tar"\r\nContent-Type: application/x-tar\r\n\r\n';
  const typeFirst = '\r\ncontent-type: application/gzip\r\ncontent-disposition: form-data; name=file\r\n\r\n';
  for (const bytes of Object.values(PACKED)) {
    for (const mark of [
      '--------------------------375723512835085641445297',
      '--WebKitFormBoundary7MA4YWxk',
      '--0a1b',
    ]) {
      for (const before of [file, `${field}${mark}${file}`, typeFirst, file.replaceAll('\r', '')]) {
        const body = Buffer.concat([Buffer.from(mark + before), bytes, Buffer.from(`\r\n${mark}--\r\n`)]);
        const found = await only(body);
        assert.equal(found.code, 'form-upload');
        assert.match(found.remedy, /curl -T FILE .*PRESIGNED/);
      }
    }
  }
});

test('a multipart message is named as well, with headers of its own and without', async () => {
  const part = '--b1\r\nContent-Type: application/x-tar\r\nContent-Transfer-Encoding: binary\r\n\r\n';
  const headers = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="b1"\r\n\r\n';
  for (const before of [part, headers + part, `${headers}\r\n${part}`, (headers + part).replaceAll('\r', '')])
    assert.equal((await only(Buffer.concat([Buffer.from(before), root]))).code, 'form-upload', before);
});

test('chunk framing is named, with signatures, with trailers and without', async () => {
  const signature = `;chunk-signature=${'0f'.repeat(32)}`;
  for (const bytes of Object.values(PACKED)) {
    for (const [size, mark] of [
      [65_536, signature],
      [8192, ''],
      [1000, ';ext=1'],
      [300, signature],
    ] as const) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const chunk = bytes.subarray(at, at + size);
        chunks.push(Buffer.from(`${chunk.length.toString(16)}${mark}\r\n`), chunk, Buffer.from('\r\n'));
      }
      const body = Buffer.concat([...chunks, Buffer.from(`0${mark}\r\nx-amz-checksum-crc32:6da4RA==\r\n\r\n`)]);
      assert.equal((await only(body)).code, 'chunk-framing', `${size}${mark}`);
    }
  }
  assert.equal((await only(Buffer.from('2024\r\nwas a good year\r\n'))).code, 'not-a-tar');
});

test('bytes that were encoded as text are named with the encoding and with the format inside', async () => {
  const uri = (bytes: Buffer): string => [...bytes].map((each) => `%${each.toString(16).padStart(2, '0')}`).join('');
  const literal = (bytes: Buffer): string =>
    [...bytes]
      .map((each) =>
        each > 0x20 && each < 0x7f && each !== 0x5c
          ? String.fromCharCode(each)
          : `\\x${each.toString(16).padStart(2, '0')}`,
      )
      .join('');
  const WAYS: Record<string, (bytes: Buffer) => string> = {
    base64: (bytes) => bytes.toString('base64'),
    'base64 for URLs': (bytes) => bytes.toString('base64url'),
    'base64 in lines': (bytes) => bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n'),
    'a data URL': (bytes) => `data:application/octet-stream;base64,${bytes.toString('base64')}`,
    'a response for API Gateway': (bytes) =>
      JSON.stringify({ statusCode: 200, headers: { a: 'b' }, body: bytes.toString('base64'), isBase64Encoded: true }),
    'a string of JSON': (bytes) => JSON.stringify(bytes.toString('base64')),
    mail: (bytes) => `Content-Type: application/gzip\nContent-Transfer-Encoding: base64\n\n${bytes.toString('base64')}`,
    'hex digits': (bytes) => bytes.toString('hex'),
    bytea: (bytes) => `\\x${bytes.toString('hex')}`,
    'a Buffer as JSON': (bytes) => JSON.stringify(bytes),
    'an array as text': (bytes) => String([...bytes]),
    'signed numbers': (bytes) => JSON.stringify([...bytes].map((each) => (each > 127 ? each - 256 : each))),
    'a URL': uri,
    'a literal of Python': (bytes) => `b'${literal(bytes)}'`,
    'Latin-1 as JSON': (bytes) =>
      JSON.stringify(bytes.toString('latin1')).replaceAll(
        /[\x7f-\xff]/g,
        (each) => `\\u00${each.charCodeAt(0).toString(16)}`,
      ),
  };
  for (const [packed, bytes] of Object.entries(PACKED)) {
    for (const [way, write] of Object.entries(WAYS)) {
      const found = await only(Buffer.from(write(bytes)));
      assert.equal(found.code, 'encoded-as-text', `${packed} as ${way}`);
      assert.ok(
        found.message.includes(`${packed === 'tar' ? 'a tar archive' : `${packed} data`} written as`),
        found.message,
      );
    }
  }
});

test('bytes that were decoded as text are reported as lost, or as recoverable', async () => {
  for (const [packed, bytes] of Object.entries(PACKED)) {
    const replaced = await only(Buffer.from(bytes.toString('utf8')));
    assert.equal(replaced.code, 'powershell-redirect', packed);
    assert.match(`${replaced.message} ${replaced.remedy}`, /API Gateway.*binaryMediaTypes/);
    for (const encoding of ['latin1', 'windows-1252']) {
      const twice = await only(Buffer.from(new TextDecoder(encoding).decode(bytes)));
      assert.equal(twice.code, 'encoded-twice', `${packed} in ${encoding}`);
      assert.match(twice.remedy, /iconv -f UTF-8/);
    }
  }
});

test('a text in UTF-16 is named as text, and keys and encrypted files in base64 are not taken for encoded archives', async () => {
  const utf16 = Buffer.from('\uFEFF{"Id": "sha256:1", "Config": {}}', 'utf16le');
  assert.match((await only(utf16)).message, /the output of `docker inspect`/);
  assert.match((await only(Buffer.from(`U2FsdGVkX1${'Qb4'.repeat(200)}`))).message, /encrypted with openssl/);
  const pem = `-----BEGIN CERTIFICATE-----\n${noise.toString('base64')}\n-----END CERTIFICATE-----\n`;
  assert.match((await only(Buffer.from(pem))).message, /a key or a certificate/);
  assert.match((await only(Buffer.from('[object Blob]'))).remedy, /the file itself/);
});

test('a piece of a split archive is recognised by its content or by its name', async () => {
  const big = archive([...exportEntries(), { name: 'srv/one', body: noise }, { name: 'srv/two', body: noise }]);
  for (const size of [3000, 4096, 7001]) {
    for (let at = size; at + 2000 < big.length; at += size) {
      const piece = big.subarray(at, at + size);
      if (
        piece.indexOf('ustar') < 257 ||
        (at % 512 === 0 && big.subarray(at + 257, at + 262).equals(Buffer.from('ustar')))
      )
        continue;
      const found = await only(piece);
      assert.equal(found.code, 'split-piece', `${size} from ${at}`);
      assert.equal(found.offset, piece.indexOf('ustar') - 257);
    }
  }
  const gz = PACKED['gzip']!;
  const later = [
    'web.tar.gz.ab',
    'web.tar.gz.001',
    'web.tar.gz.part-02',
    'web.tgz_ac',
    'a/web.z02',
    'xab',
    'web.tar.gz03',
  ];
  for (const name of later) assert.equal((await only(gz.subarray(3000, 6000), name)).code, 'split-piece', name);
  for (const name of ['web.tar.gz.aa', 'web.tar.gz.000', 'web.part1.tar.gz', 'xaa']) {
    const first = await only(gz.subarray(0, 4000), name);
    assert.equal(first.code, 'split-piece');
    assert.match(first.message, /as its name says\. The gzip data ends too early, at byte 4,000/);
    assert.match(first.remedy, /cat PIECES > FILE/);
  }
  for (const name of ['web.tar.gz', 'web.tar.bz2', 'web.tar.xz', 'app-1.2.tar.zst', 'web.tar.lz4', undefined]) {
    assert.equal((await only(gz.subarray(0, 4000), name)).code, 'gzip-truncated');
  }
  const whole = (name: string) => inspect(chunked(root), plainTools, { name });
  assert.deepEqual(
    (await whole('web.tar.ab')).findings.map(({ code }) => code),
    ['named-like-a-piece'],
  );
  for (const name of ['web.tar', 'web.tar.aa', 'web.tar.1', 'app-1.2.345', 'web.tar.bz2', 'web.tbz2']) {
    assert.deepEqual((await whole(name)).findings, [], name);
  }
});

test('formats are recognised by their magic numbers behind a boot loader, too', async () => {
  const at = (offset: number, magic: string, length = 70_000): Buffer => {
    const bytes = Buffer.alloc(length);
    bytes.write(magic, offset, 'latin1');
    return bytes;
  };
  const boot = at(510, '\x55\xaa');
  boot.set([0x80, 0, 0, 0, 0x83], 446);
  const ext = at(1080, '\x53\xef');
  ext.writeUInt32LE(0x40, 1024 + 96);
  const table: [Buffer, RegExp][] = [
    [at(32_769, 'CD001'), /an ISO 9660 image/],
    [Buffer.concat([boot.subarray(0, 32_769), Buffer.from('CD001')]), /an ISO 9660 image/],
    [ext, /file system \(ext4\)/],
    [at(0x10040, '_BHRfS_M'), /btrfs/],
    [at(1024, '\xe2\xe1\xf5\xe0'), /EROFS/],
    [at(0, 'XFSB'), /XFS/],
    [at(512, 'EFI PART'), /a raw disk image \(with a GPT\)/],
    [boot, /a raw disk image \(with an MBR\)/],
    [at(64, '\x7f\x10\xda\xbe'), /a VDI disk image/],
    [at(0, 'MSWIM\0\0\0'), /a Windows image \(WIM\)/],
    [Buffer.concat([Buffer.from('0707070000020001'), Buffer.alloc(200, 0x30)]), /a cpio archive/],
    [Buffer.from('LZIP\x01\x0c'), /lzip data/],
    [Buffer.from('age-encryption.org/v1\n-> X25519 a\n'), /encrypted with age/],
    [Buffer.from('Salted__\x01\x02\x03\x04\x05\x06\x07\x08rest', 'latin1'), /encrypted with openssl/],
    [Buffer.from('8c0d0409030227bd4c9d5e0a1b2cf3d2c01a01', 'hex'), /unknown format/],
    [Buffer.concat([Buffer.from('8c0d0409030227bd4c9d5e0a1b2cf3d2c01a01', 'hex'), noise]), /encrypted with gpg/],
    [Buffer.concat([Buffer.from('85018c03a1b2c3d4e5f60718010c00', 'hex'), noise]), /encrypted with gpg/],
    [Buffer.concat([Buffer.from('308006092a864886f70d010703a080', 'hex'), noise]), /PKCS #7/],
    [Buffer.from('cafebabe00000034', 'hex'), /a class of Java/],
    [Buffer.from('cafebabe00000002', 'hex'), /a program for macOS/],
    [Buffer.concat([Buffer.from([0x80, 4, 0x95]), noise]), /a pickle of Python/],
    [Buffer.from('FROM debian\nRUN true\n'), /a Dockerfile/],
    [noise, /unknown format/],
  ];
  for (const [bytes, sentence] of table) {
    const found = await only(bytes);
    assert.equal(found.code, 'not-a-tar', found.message);
    assert.match(found.message, sentence);
  }
  assert.equal((await inspectBytes(Buffer.alloc(70_000))).kind, 'empty');
});

test('skippable frames, which lz4 and zstd have in common, do not hide which of the two follows', async () => {
  for (const length of [20, 200_000]) {
    const skipped = Buffer.alloc(8 + length);
    skipped.writeUInt32LE(0x184d2a53, 0);
    skipped.writeUInt32LE(length, 4);
    const lz4 = Buffer.concat([skipped, lz4Stored(archive(exportEntries()))]);
    if (length === 20) assert.equal((await inspectBytes(lz4)).compression, 'lz4');
    // The magic number is not among the first bytes, and zstd is taken for granted.
    else assert.match((await only(lz4)).remedy, /`lz4 -d`/);
    assert.equal((await inspectBytes(Buffer.concat([skipped, PACKED['zstd']!]))).kind, 'rootfs/docker-export');
  }
});
