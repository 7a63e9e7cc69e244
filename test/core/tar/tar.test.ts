import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LadingError } from '../../../core/model/errors.ts';
import type { Member } from '../../../core/tar/member.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { archive, type Entry, header, longName, member, sealed } from '../../support/tar-builder.ts';

function walk(bytes: Uint8Array, wants = 0) {
  const members: Member[] = [];
  const bodies: string[] = [];
  const scanner = new TarScanner({
    member(each) {
      members.push(each);
      return wants;
    },
    body: (_, body) => void bodies.push(Buffer.from(body).toString('latin1')),
  });
  scanner.push(bytes);
  return { members, bodies, end: scanner.finish() };
}

const only = (entries: Entry[]) => {
  const { members } = walk(archive(entries));
  assert.equal(members.length, 1);
  return members[0]!;
};

function fault(bytes: Uint8Array) {
  try {
    walk(bytes);
  } catch (error) {
    assert.ok(error instanceof LadingError && error.finding !== null, String(error));
    return error.finding;
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' });
}

test('GNU long names and long links replace those of the header, beyond 100 and 255 bytes', () => {
  const long = `${'d'.repeat(200)}/${'n'.repeat(200)}`;
  const found = only([longName('L', long), longName('K', `/${long}`), { name: 'short', type: '2', linkname: 'x' }]);
  assert.equal(found.name, long);
  assert.equal(found.linkname, `/${long}`);
  assert.equal(found.offset, 0, 'the member begins with its first record');
});

test('PAX records replace the fields of the header, and a PAX size replaces the size field', () => {
  const pax = { path: 'over/written', size: '3', uid: '3000000', mtime: '1700000000.5', linkpath: 'l' };
  const found = only([{ name: 'short', size: 0, pax, body: 'abc' }]);
  assert.deepEqual(
    [found.name, found.size, found.uid, found.mtime, found.linkname],
    ['over/written', 3, 3_000_000, 1_700_000_000.5, 'l'],
  );
});

test('a PAX value may hold newlines, `=` and bytes that are not UTF-8', () => {
  const capability = '\x01\x00\x00\x02\n=\xff\xfe\x00';
  const found = only([{ name: 'ping', pax: { 'SCHILY.xattr.security.capability': capability } }]);
  assert.equal(found.pax?.get('SCHILY.xattr.security.capability'), capability);
});

test('base-256 numbers are read: a size above 8 GiB, a large uid, a negative time', () => {
  const block = header({ name: 'big', size: 9 * 2 ** 30, uid: 2 ** 22, mtime: -5, base256: true });
  const scanner = new TarScanner({
    member(found) {
      assert.deepEqual([found.size, found.uid, found.mtime], [9 * 2 ** 30, 2 ** 22, -5]);
      return 0;
    },
    body: () => {},
  });
  scanner.push(block);
  assert.throws(() => scanner.finish(), /9,663,676,416 bytes are missing/);
});

test('a POSIX header splits a name into prefix and name; a GNU header has times in the prefix field, if they are valid', () => {
  for (const [magic, prefix, expected] of [
    ['posix', 'pre', 'pre/name'],
    ['posix', '14000000000', '14000000000/name'],
    ['gnu', '14000000000', 'name'],
    ['gnu', 'pre', 'pre/name'],
    ['gnu', 'pr\xe4', 'name'],
  ] as const) {
    const block = header({ name: 'name', magic });
    block.write(prefix, 345, 'latin1');
    const { members } = walk(Buffer.concat([sealed(block), Buffer.alloc(1024)]));
    assert.equal(members[0]?.name, expected, `${magic} ${prefix}`);
  }
});

test('v7 headers without magic are read; a trailing slash means a directory only when the type is a NUL', () => {
  assert.equal(only([{ name: 'old/', magic: 'v7', type: '\0' }]).type, '5');
  assert.equal(only([{ name: 'old', magic: 'v7', type: '\0' }]).type, '0');
  const file = only([{ name: 'odd/', body: 'abc' }]);
  assert.deepEqual([file.type, file.size], ['0', 3]);
});

test('file type bits in the mode field, which Docker 20.10 writes, are masked', () => {
  assert.equal(only([{ name: 'suid', mode: 0o104755 }]).mode, 0o4755);
});

test('the size of a member without a body is ignored, as in Go: a hard link with a size does not shift the next header', () => {
  const bytes = Buffer.concat([
    header({ name: 'link', type: '1', linkname: 'a', size: 999 }),
    member({ name: 'next', body: 'x' }),
    Buffer.alloc(1024),
  ]);
  assert.deepEqual(
    walk(bytes).members.map((each) => each.name),
    ['link', 'next'],
  );
});

test('an old GNU sparse map that continues in blocks of its own is read, and the next member is found', () => {
  const block = header({ name: 'sparse', type: 'S', size: 512, magic: 'gnu' });
  block.write('00000002000\0', 483); // the size with its holes
  block[482] = 1;
  const map = Buffer.alloc(1024);
  map[504] = 1;
  map.write('00000001000\x0000000001000\0', 512, 'latin1');
  const bytes = Buffer.concat([
    sealed(block),
    map,
    Buffer.alloc(512, 'd'),
    member({ name: 'next' }),
    Buffer.alloc(1024),
  ]);
  const { members } = walk(bytes);
  assert.deepEqual(
    members.map((each) => [each.name, each.size, each.sparse]),
    [
      ['sparse', 1024, { extents: [{ offset: 512, length: 512 }], stored: 512 }],
      ['next', 0, null],
    ],
  );
});

test('a PAX global header changes nothing, as in Docker', () => {
  const { members } = walk(archive([{ name: 'g', type: 'g', body: '13 path=evil\n' }, { name: 'good' }]));
  assert.deepEqual(
    members.map((each) => [each.name, each.offset]),
    [['good', 1024]],
  );
});

test('an observer gets exactly the number of leading bytes that it asked for', () => {
  assert.deepEqual(
    walk(archive([{ name: 'a', body: '0123456789' }, { name: 'b', body: '01' }, { name: 'c' }]), 4).bodies,
    ['0123', '01'],
  );
});

test('an archive is complete with two zero blocks at its end, one, none, or with padding', () => {
  const body = member({ name: 'a', body: 'x' });
  assert.deepEqual(walk(Buffer.concat([body, Buffer.alloc(1024)])).end, { members: 1, marked: true, after: null });
  assert.deepEqual(walk(Buffer.concat([body, Buffer.alloc(10240)])).end, { members: 1, marked: true, after: null });
  assert.equal(walk(Buffer.concat([body, Buffer.alloc(512)])).end.marked, false);
  assert.equal(walk(body).end.marked, false);
  assert.equal(walk(body.subarray(0, 513)).end.members, 1, 'only padding is missing');
});

test('another archive and other bytes are found behind the end', () => {
  const first = archive([{ name: 'a' }]);
  assert.deepEqual(walk(Buffer.concat([first, first])).end.after, { offset: 1536, anotherArchive: true });
  assert.deepEqual(walk(Buffer.concat([first, Buffer.alloc(600, 'j')])).end.after, {
    offset: 1536,
    anotherArchive: false,
  });
  assert.deepEqual(walk(Buffer.concat([first, Buffer.from('j')])).end.after, { offset: 1536, anotherArchive: false });
});

test('a truncated archive is named with the member and the number of missing bytes, wherever it is cut', () => {
  const bytes = archive([{ name: 'etc/passwd', body: 'x'.repeat(1000) }]);
  const inBody = fault(bytes.subarray(0, 900));
  assert.deepEqual([inBody.code, inBody.member, inBody.offset], ['truncated', 'etc/passwd', 900]);
  assert.match(inBody.message, /612 bytes are missing/);
  const inHeader = fault(bytes.subarray(0, 100));
  assert.match(inHeader.message, /inside a header after the beginning: 412 bytes are missing after byte 100/);
  assert.equal(
    fault(member({ name: 'a', pax: { path: 'b' } }).subarray(0, 1024)).code,
    'truncated',
    'records without a member',
  );
});

test('a broken header is named with its offset and the member before it', () => {
  const bytes = archive([{ name: 'good' }, { name: 'bad' }]);
  bytes[512 + 10] = 0x21;
  const found = fault(bytes);
  assert.deepEqual([found.code, found.offset, found.member], ['bad-header', 512, 'good']);
});

test('a lone zero block before a header is refused, as Go refuses it', () => {
  const bytes = Buffer.concat([member({ name: 'a' }), Buffer.alloc(512), member({ name: 'b' })]);
  assert.match(fault(bytes).message, /a single zero block stands before it/);
});

test('malformed PAX records are refused with the offset', () => {
  for (const body of ['99 path=a\n', '9 path=a', 'x path=a\n', '4 a\n']) {
    assert.equal(fault(archive([{ name: 'p', type: 'x', body }, { name: 'a' }])).code, 'bad-header', body);
  }
  assert.equal(fault(archive([{ name: 'a', pax: { size: '-1' } }])).code, 'bad-header');
});

test('a header record that claims a huge size is refused before it is read', () => {
  assert.equal(fault(header({ name: 'p', type: 'x', size: 2 ** 31 })).code, 'limit-exceeded');
});
