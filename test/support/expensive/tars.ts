import { zstdCompressSync } from 'node:zlib';
import { archive, type Entry, exportEntries, header, longName, member, paxBody, sealed } from '../tar-builder.ts';
import { gnuSparse, paxSparse } from '../tar-seeds.ts';
import { archives, entries, type Family, items, type Makers, packed, repeated } from './family.ts';

const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);
const KiB = 1024;
/** The length in bytes of records that are somewhat shorter than the largest ones. */
const RECORD = 1024 * KiB - 4 * KiB;

/** A root file system with as many additional members as fit into `bytes` bytes. */
const members = (bytes: number, entry: (index: number) => Entry): Buffer =>
  archive([...exportEntries(), ...entries(bytes, entry)]);

/** A member, and PAX headers of type `x` or `g` before it with the given records. */
const afterPax = (body: Buffer, type = 'x'): Buffer =>
  Buffer.concat([member({ name: 'p', type, body }), member({ name: 'f' })]);

/** Members, each after a PAX header with the given records, of at most 1 MiB each. */
const withPax = (bytes: number, records: (size: number) => Buffer): Buffer => {
  const size = Math.min(bytes, RECORD);
  const one = afterPax(records(size).subarray(0, size));
  return Buffer.concat([...Array.from({ length: Math.max(1, Math.floor(bytes / size)) }, () => one), END]);
};
const record = (key: string, value: string) => paxBody({ [key]: value });
const extents = (count: number) => Array.from({ length: count }, (_, i): [number, number] => [i, 0]);
const deep = (length: number, step = 'd/') => step.repeat(length / step.length);

/** A member whose name fills the name and the prefix of its header with this pattern of four characters. */
const named = (pattern: string, entry: Partial<Entry> = {}): Buffer => {
  const block = header({ ...entry, name: `${pattern.repeat(24)}xyz` });
  block.write(pattern.repeat(38), 345, 'latin1');
  return sealed(block);
};

/** A member, and behind it more than is searched for the cause, full of what looks like headers until it is summed. */
const FULL_OF_MAGIC = Buffer.concat([member({ name: 'f' }), repeated('ustar\x01\x02\x037\0aaa', 260 * KiB)]);
/** The same with text that was encoded twice. */
const FULL_OF_CHARACTERS = Buffer.concat([member({ name: 'f' }), repeated('\x01\x02\xc3\xa9', 260 * KiB)]);

/** A member, and behind it bytes that are no header. */
const BROKEN = Buffer.concat([member({ name: 'f' }), Buffer.alloc(BLOCK, 'X')]);

const MEMBERS: Makers = {
  'broken archives': (bytes) => archive(entries(bytes, (i) => ({ name: `${i}.tar`, body: BROKEN }))),
  'broken archives full of magic numbers': (bytes) =>
    archive(entries(bytes, (i) => ({ name: `${i}.tar`, body: FULL_OF_MAGIC }))),
  'broken archives full of characters': (bytes) =>
    archive(entries(bytes, (i) => ({ name: `${i}.tar`, body: FULL_OF_CHARACTERS }))),
  'empty files': (bytes) => members(bytes, (i) => ({ name: `usr/${i}` })),
  'empty folders': (bytes) => members(bytes, (i) => ({ name: `usr/${i}/`, type: '5' })),
  'one name again and again': (bytes) => members(bytes, () => ({ name: 'usr/same', body: 'x' })),
  'folders that no member gives': (bytes) =>
    members(bytes, (i) => ({ name: `${i}/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q` })),
  'deep paths': (bytes) => members(bytes, (i) => ({ name: 'f', pax: { path: `${i}/${deep(4000)}f` } })),
  'deep paths of long steps': (bytes) =>
    members(bytes, (i) => ({ name: 'f', pax: { path: `${i}/${deep(4000, `${'s'.repeat(199)}/`)}f` } })),
  'long names': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        (i) => Buffer.concat([member(longName('L', `usr/${i}/${deep(4000)}`)), member({ name: 'f' })]),
        (each) => each.length,
      ),
      END,
    ]),
  'steps that lead nowhere': (bytes) =>
    members(bytes, (i) => ({ name: 'f', pax: { path: `${deep(4000, './')}${i}` } })),
  'a megabyte of steps in each name': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        (i) => Buffer.concat([member(longName('L', `${deep(RECORD, './')}${i}`)), member({ name: 'f' })]),
        (each) => each.length,
      ),
      END,
    ]),
  'steps up and down': (bytes) => members(bytes, (i) => ({ name: 'f', pax: { path: `${deep(4000, 'a/../')}${i}` } })),
  devices: (bytes) => members(bytes, (i) => ({ name: `dev/${i}`, type: '3', devmajor: 1, devminor: i % 4096 })),
  'names with control characters': (bytes) => members(bytes, (i) => ({ name: `usr/\x1b[31m\x9b${i}` })),
  'names that are no UTF-8': (bytes) => members(bytes, (i) => ({ name: `usr/\xff\xfe${i}` })),
  'unknown member types': (bytes) => members(bytes, (i) => ({ name: `usr/${i}`, type: 'Z' })),
  'sums that do not fit': (bytes) =>
    Buffer.concat([
      archive(exportEntries()).subarray(0, -1024),
      repeated(Buffer.concat([Buffer.alloc(BLOCK, 1), member({ name: 'f' })]), bytes),
    ]),
  'zero blocks between members': (bytes) =>
    repeated(Buffer.concat([member({ name: 'f' }), Buffer.alloc(BLOCK)]), bytes - (bytes % 1024)),
  'an archive within an archive, again and again': (bytes) => {
    let inner: Buffer = archive(exportEntries());
    while (inner.length < bytes && inner.length < 60 * KiB) inner = archive([{ name: 'a.tar', body: inner }]);
    return inner;
  },
};

const PAX: Makers = {
  'the shortest records': (bytes) => withPax(bytes, (size) => repeated('5 a=\n', size)),
  'records of unknown keys': (bytes) =>
    withPax(bytes, (size) =>
      Buffer.concat(
        items(
          size,
          (i) => record(`k${i}`, ''),
          (each) => each.length,
        ),
      ),
    ),
  'extended attributes': (bytes) =>
    withPax(bytes, (size) =>
      Buffer.concat(
        items(
          size,
          (i) => record(`SCHILY.xattr.user.${i}`, 'v'),
          (each) => each.length,
        ),
      ),
    ),
  'one path again and again': (bytes) => withPax(bytes, (size) => repeated(record('path', 'f'), size)),
  'a length of zeros': (bytes) => withPax(bytes, (size) => repeated('0', size)),
  'a number of zeros, and no number': (bytes) => withPax(bytes, (size) => record('size', `${'0'.repeat(size - 99)}x`)),
  'a time of digits': (bytes) => withPax(bytes, (size) => record('mtime', `1.${'1'.repeat(size - 99)}x`)),
  'a long path': (bytes) => withPax(bytes, (size) => record('path', deep(size - 99))),
  'global headers': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        (i) => member({ name: 'g', type: 'g', body: record('comment', `${i}`) }),
        (each) => each.length,
      ),
      member({ name: 'f' }),
      END,
    ]),
  'names that are replaced': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        () => member(longName('L', 'n'.repeat(Math.min(bytes, RECORD)))),
        (each) => each.length,
      ),
      member({ name: 'f' }),
      END,
    ]),
};

const SPARSE: Makers = {
  'a map of commas': (bytes) =>
    withPax(bytes, (size) =>
      Buffer.concat([record('GNU.sparse.numblocks', '1'), record('GNU.sparse.map', ','.repeat(size - 99))]),
    ),
  'a map in one record': (bytes) =>
    Buffer.concat([paxSparse('0.1', extents(Math.min(bytes, RECORD) / 8), bytes, ''), END]),
  'a map in many records': (bytes) =>
    Buffer.concat([paxSparse('0.0', extents(Math.min(bytes, RECORD) / 64), bytes, ''), END]),
  'a map in the body': (bytes) => Buffer.concat([paxSparse('1.0', extents(bytes / 9), bytes, ''), END]),
  'a map without lines': (bytes) =>
    Buffer.concat([
      member({ name: 'm', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }, body: '1'.repeat(bytes) }),
      END,
    ]),
  'an old map': (bytes) => Buffer.concat([gnuSparse(extents(bytes / 25), bytes, ''), END]),
  'files that are one hole each': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        (i) => paxSparse('1.0', [], 2 ** 30, '', `usr/${i}`),
        (each) => each.length,
      ),
      END,
    ]),
  'layers of an image that are one hole each': (bytes) =>
    Buffer.concat([
      ...items(
        bytes,
        (i) => paxSparse('1.0', [], 2 ** 42, '', `blobs/sha256/${`${i}`.padStart(64, '0')}`),
        (each) => each.length,
      ),
      END,
    ]),
};

/** As many records as fit into a PAX header of some bytes less than 1 MiB. */
const records = (each: (index: number) => Buffer): Buffer =>
  Buffer.concat(
    items(
      RECORD,
      (i) => each(i),
      ({ length }) => length,
    ),
  );

/** One header of 1 MiB with all that belongs to it, again and again. To zstd, but not to gzip, that is almost nothing. */
const again = (one: () => Buffer) => (bytes: number) => {
  const headers = one();
  return zstdCompressSync(Buffer.concat([repeated(headers, bytes - (bytes % headers.length)), END]));
};
const sparseInBody = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '0' };
const nothing = (count: number) => Array.from({ length: count }, (): [number, number] => [0, 0]);

const AGAIN: Makers = {
  'links to names that are no UTF-8': again(() => member({ name: 'h', type: '1', linkname: '\xff\xfe'.repeat(49) })),
  'two deep folders in turn': again(() => Buffer.concat([named('p/p/'), named('q/q/')])),
  'links through padded names in two folders': again(() =>
    Buffer.concat([
      named('p/p/', { type: '1', linkname: 'y/./'.repeat(24) }),
      named('q/q/', { type: '1', linkname: 'y/./'.repeat(24) }),
    ]),
  ),
  'names full of dots': again(() => named('....')),
  'records of different keys': again(() => afterPax(records((i) => record(`k${i}`, 'v')))),
  'records of one key': again(() => afterPax(records(() => record('k', 'v')))),
  'records of global headers': again(() =>
    afterPax(
      records((i) => record(`k${i}`, 'v')),
      'g',
    ),
  ),
  'attributes of one file': again(() => afterPax(records((i) => record(`SCHILY.xattr.user.${i}`, 'v')))),
  'times of many digits': again(() => afterPax(record('mtime', `1.${'1'.repeat(RECORD)}`))),
  'long names of owners': again(() => afterPax(record('uname', 'u'.repeat(RECORD)))),
  'maps in a record': again(() => paxSparse('0.1', nothing(240_000), 0, '')),
  'maps in many records': again(() => paxSparse('0.0', nothing(16_000), 0, '')),
  'maps in a body': again(() => paxSparse('1.0', nothing(240_000), 0, '')),
  'maps of one number with many zeros': again(() =>
    member({ name: 'm', pax: sparseInBody, body: `1\n0\n${'0'.repeat(RECORD - 5)}\n` }),
  ),
  'old maps': again(() => gnuSparse(nothing(42_000), 0, '')),
};

const SNIFF: Makers = {
  spaces: (bytes) => repeated(' ', bytes),
  'lines of text': (bytes) => repeated('line\r\n', bytes),
  'carriage returns': (bytes) => repeated('\r', bytes),
  'magic numbers of tar': (bytes) => repeated('ustar\x0000', bytes),
  'magic numbers of compressions': (bytes) => repeated('x\x1f\x8bBZh9\xfd7zXZ\0(\xb5/\xfd', bytes),
  'headers of PEM': (bytes) => repeated('-----BEGIN X-----\n', bytes),
  'lines of mail': (bytes) => repeated('MIME-Version: 1.0\n', bytes),
  base64: (bytes) => repeated('H4sIAAAA\n', bytes),
  'open brackets': (bytes) => repeated('[', bytes),
  'tags of HTML': (bytes) => repeated('<html ', bytes),
  'half a UTF-16 text': (bytes) => repeated('\xff\xfea\0', bytes),
  zeros: (bytes) => Buffer.alloc(bytes),
  ones: (bytes) => repeated('\x01', bytes),
};

export const TARS: Family[] = [
  ...packed('sniff', SNIFF),
  ...archives('tar members', MEMBERS),
  ...archives('PAX records', PAX),
  ...archives('sparse files', SPARSE),
  ...packed('headers in zstd', AGAIN, 160 * KiB * KiB),
];
