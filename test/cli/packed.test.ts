import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { lz4Stored } from '../support/lz4-builder.ts';
import { archive, type Entry } from '../support/tar-builder.ts';
import { zipOf } from '../support/zip-builder.ts';
import { exported, folder, run } from './kit.ts';

// However an archive is packed, `lading convert` makes the same image archive of it, in a file and through a pipe.

const lz4 = (bytes: Buffer): Buffer => lz4Stored(bytes);
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const wrapped = (name: string, body: Buffer, ...beside: Entry[]): Buffer => archive([{ name, body }, ...beside]);
const sums = (body: Buffer): Entry => ({ name: 'web/SHA256SUMS', body: `${sha256(body)}  web.tar.gz\n` });

const WAYS: Record<string, (tar: Buffer) => Buffer> = {
  lz4,
  'gzip in gzip': (tar) => gzipSync(gzipSync(tar)),
  'lz4 in gzip': (tar) => gzipSync(lz4(tar)),
  'gzip in lz4': (tar) => lz4(gzipSync(tar)),
  'zstd in zip': (tar) => zipOf([{ name: 'web.tar.zst', body: zstdCompressSync(tar) }]),
  'gzip in tar': (tar) => wrapped('web/web.tar.gz', gzipSync(tar), sums(gzipSync(tar)), { name: 'web/README' }),
  'lz4 in tar': (tar) =>
    archive([
      { name: 'readme.txt', body: 'Read me' },
      { name: 'web.tar.lz4', body: lz4(tar) },
    ]),
  'gzip in tar in zstd': (tar) => zstdCompressSync(wrapped('web.tar.gz', gzipSync(tar))),
  'gzip in tar in gzip': (tar) => gzipSync(wrapped('web.tgz', gzipSync(tar))),
};

for (const [name, pack] of Object.entries(WAYS)) {
  test(`an export and an image archive come out of ${name}`, async (t) => {
    const path = await folder(t);
    const [file, image] = [join(path, 'app.tar'), join(path, 'image.tar')];
    const converted = async (bytes: Buffer, ...flags: string[]): Promise<Buffer> => {
      await writeFile(file, bytes);
      const { code, stderr } = await run(['convert', file, '-t', 'app:1', '-o', image, ...flags]);
      assert.equal(code, 0, stderr);
      const written = await readFile(image);
      const piped = await run(['convert', '-', '-t', 'app:1', '-o', image, ...flags], { stdin: [bytes] });
      assert.equal(piped.code, 0, piped.stderr);
      assert.ok(written.equals(await readFile(image)), 'through a pipe');
      return written;
    };
    const tar = await exported(500_000);
    for (const flags of [[], ['--compress', 'gzip']]) {
      assert.ok((await converted(pack(tar), ...flags)).equals(await converted(tar, ...flags)), flags.join(' '));
    }
    const saved = await converted(tar);
    assert.ok((await converted(pack(saved))).equals(await converted(saved)), 'an image archive');
  });
}

test('a checksum beside the archive is compared: one that differs refuses it, one that fits is said', async (t) => {
  const path = await folder(t);
  const file = join(path, 'app.zip');
  const tar = await exported();
  const gz = gzipSync(tar);
  const text = (name: string, body: string) => ({ name, body: Buffer.from(body) });
  const [right, wrong] = [sha256(gz), sha256(Buffer.from('other'))];
  const cases: [string, string, 'checksum-fits' | 'checksum-differs' | null][] = [
    ['SHA256SUMS', `${wrong}  other.tar\n${right} *./web.tar.gz\r\n`, 'checksum-fits'],
    ['web.tar.gz.sha256', `${right.toUpperCase()}\n`, 'checksum-fits'],
    ['sha256sum.txt', `SHA256 (web.tar.gz) = ${wrong}\n`, 'checksum-differs'],
    ['SHA256SUMS', `${sha256(tar)}  web.tar.gz\n`, 'checksum-fits'], // of what is in it
    ['SHA256SUMS', `${wrong}  other.tar\n`, null],
    ['README.txt', wrong, null],
  ];
  for (const [name, body, code] of cases) {
    const packed = { name: 'web.tar.gz', body: gz };
    for (const bytes of [zipOf([packed, text(name, body)]), archive([text(name, body), packed])]) {
      await writeFile(file, bytes);
      const { stdout } = await run(['convert', file, '-t', 'a:1', '-o', join(path, 'image.tar'), '--json']);
      const { outcome, findings } = JSON.parse(stdout) as ArchiveManifest;
      const found = findings.filter((each) => each.code.startsWith('checksum-'));
      assert.deepEqual(
        found.map((each) => each.code),
        code === null ? [] : [code],
        body,
      );
      assert.equal(outcome, code === 'checksum-differs' ? 'refused' : 'converted', body);
    }
  }
});
