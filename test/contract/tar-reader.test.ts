import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract } from 'tar-stream';
import type { Bytes } from '../../core/model/ports.ts';
import type { Member } from '../../core/tar/member.ts';
import { cleanPath } from '../../core/tar/paths.ts';
import { TarScanner } from '../../core/tar/tar.ts';
import { chunked, collect } from '../support/bytes.ts';
import { archive, type Entry, longName } from '../support/tar-builder.ts';
import { fc } from '../support/properties.ts';

// The scanner is compared with tar-stream, the library that it replaces (docs/decisions/0003-tar-reader.md).

interface Seen {
  name: string;
  type: string | null | undefined;
  size: number | undefined;
  uid: number | undefined;
  gid: number | undefined;
  mode: number | undefined;
  mtime: number;
  linkname: string | null | undefined;
  head: string;
}

const TYPES: Record<string, string> = { '0': 'file', '1': 'link', '2': 'symlink', '5': 'directory', '6': 'fifo' };

async function withTarStream(bytes: Uint8Array): Promise<Seen[]> {
  const seen: Seen[] = [];
  const options = { filenameEncoding: 'latin1' }; // missing in the typings; keeps names as bytes
  const reader = extract(options as object);
  reader.end(bytes);
  for await (const each of reader) {
    const { name, type, size, uid, gid, mode, mtime, linkname } = each.header;
    const head = (await collect(each as Bytes)).subarray(0, 8).toString('latin1');
    const seconds = Math.floor((mtime?.getTime() ?? 0) / 1000);
    seen.push({ name: cleanPath(name), type, size, uid, gid, mode, mtime: seconds, linkname: linkname ?? '', head });
  }
  return seen;
}

async function withOurs(bytes: Uint8Array, ...sizes: number[]): Promise<Seen[]> {
  const seen: Seen[] = [];
  const scanner = new TarScanner({
    member({ name, type, size, uid, gid, mode, mtime, linkname }: Member) {
      const seconds = Math.floor(mtime);
      seen.push({ name: cleanPath(name), type: TYPES[type], size, uid, gid, mode, mtime: seconds, linkname, head: '' });
      return 8;
    },
    body(_, head) {
      const last = seen.at(-1);
      if (last !== undefined) last.head = Buffer.from(head).toString('latin1');
    },
  });
  for await (const chunk of chunked(bytes, ...sizes)) scanner.push(chunk);
  scanner.finish();
  return seen;
}

const name = fc
  .array(
    fc.string({
      minLength: 1,
      maxLength: 60,
      unit: fc.constantFrom('a', 'b', 'X', '0', '9', '.', '_', '-', ' ', '+', '\xe4', '\xff'),
    }),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join('/'))
  .filter((path) => cleanPath(path) !== '');

const entry: fc.Arbitrary<Entry[]> = fc
  .record({
    name,
    type: fc.constantFrom('0', '0', '0', '1', '2', '5', '6'),
    body: fc.string({ maxLength: 2000, unit: 'binary-ascii' }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 2 ** 31 }),
    gid: fc.integer({ min: 0, max: 2 ** 21 - 1 }),
    mtime: fc.integer({ min: 0, max: 2 ** 33 - 1 }),
    linkname: name,
    style: fc.constantFrom('ustar', 'gnu', 'pax'),
  })
  .map(({ style, ...fields }) => {
    const plain = fields.type === '0' ? fields : { ...fields, body: '' };
    const linkname = fields.type === '1' || fields.type === '2' ? fields.linkname : '';
    const each: Entry = {
      ...plain,
      linkname,
      base256: fields.uid >= 2 ** 21,
      magic: style === 'gnu' ? 'gnu' : 'posix',
    };
    const long = each.name.length > 100 || linkname.length > 100;
    if (style === 'pax' && /^[\x20-\x7e]*$/.test(each.name + linkname)) {
      return [{ ...each, pax: { path: each.name, ...(linkname === '' ? {} : { linkpath: linkname }) } }];
    }
    if (!long) return [each];
    return [longName('L', each.name), ...(linkname === '' ? [] : [longName('K', linkname)]), each];
  });

test('an archive of any dialect reads the same with the scanner and with tar-stream, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 5 }),
      async (entries, sizes) => {
        const bytes = archive(entries.flat());
        const expected = await withTarStream(bytes);
        assert.deepEqual(await withOurs(bytes), expected);
        assert.deepEqual(await withOurs(bytes, ...sizes), expected);
      },
    ),
    { numRuns: 300 },
  );
});
