import { execFileSync, spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { dockerArchive, legacyArchive, ociArchive } from './image-builder.ts';
import { archive, type Entry, exportEntries, header, longName, member, paxBody, sealed } from './tar-builder.ts';

// Small archives to begin with: one by hand for each odd thing that a tar can have, and archives of real programs.

/** The end of an archive: two zero blocks. */
export const END = Buffer.alloc(1024);

/** An archive of members, given as bytes or as entries, and its end. */
function tar(...parts: (Entry | Buffer)[]): Buffer {
  return Buffer.concat([...parts.map((part) => (Buffer.isBuffer(part) ? part : member(part))), END]);
}

/** A member whose header has some bytes written over others, and a checksum that fits. */
function patched(entry: Entry, ...patches: [at: number, bytes: string][]): Buffer {
  const block = header(entry);
  for (const [at, bytes] of patches) block.write(bytes, at, 'latin1');
  const body = Buffer.from(entry.body ?? '');
  return Buffer.concat([sealed(block), body, Buffer.alloc(-body.length & 511)]);
}

/** A member of PAX records, given as raw text instead of keys and values. */
function raw(type: 'x' | 'g', text: string): Buffer {
  return member({ name: 'PaxHeader', type, body: Buffer.from(text, 'latin1') });
}

const file = (name: string, body = 'hello\n'): Entry => ({ name, body });
const withPax = (pax: Record<string, string>, body = 'hello\n'): Entry => ({ name: 'etc/short', pax, body });

type Version = '0.0' | '0.1' | '1.0';

/** A sparse file in one of the PAX formats. */
export function paxSparse(
  version: Version,
  extents: [number, number][],
  size: number,
  data: string,
  path = 'var/log/lastlog',
): Buffer {
  const name = { 'GNU.sparse.name': path };
  if (version === '1.0') {
    const map = [extents.length, ...extents.flat()].map((number) => `${number}\n`).join('');
    const records = { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': `${size}` };
    const body = Buffer.from(map.padEnd(Math.ceil(map.length / 512) * 512, '\0') + data, 'latin1');
    return member({ name: 'x', pax: { ...name, ...records }, body });
  }
  const records = { ...name, 'GNU.sparse.size': `${size}`, 'GNU.sparse.numblocks': `${extents.length}` };
  if (version === '0.1')
    return member({
      name: 'x',
      pax: { ...records, 'GNU.sparse.map': extents.flat().map(BigInt).join(',') },
      body: data,
    });
  // In version 0.0 the keys are repeated for each extent.
  const pairs = extents.flatMap(([offset, length]) => [
    paxBody({ 'GNU.sparse.offset': `${offset}` }),
    paxBody({ 'GNU.sparse.numbytes': `${length}` }),
  ]);
  const text = Buffer.concat([paxBody(records), ...pairs]).toString('latin1');
  return Buffer.concat([raw('x', text), member({ name: 'x', body: data })]);
}

/** A sparse file in the old GNU format: the first extents in the header, 21 in each block that follows it. */
export function gnuSparse(extents: [number, number][], size: number, data: string): Buffer {
  const block = header({ name: 'var/log/lastlog', type: 'S', magic: 'gnu', size: data.length });
  const field = (number: number) => `${number.toString(8).padStart(11, '0')}\0`;
  const pair = ([offset, length]: [number, number]) => field(offset) + field(length);
  block.write(extents.slice(0, 4).map(pair).join(''), 386, 'latin1');
  block[482] = extents.length > 4 ? 1 : 0;
  block.write(field(size), 483, 'latin1');
  const more: Buffer[] = [];
  for (let at = 4; at < extents.length; at += 21) {
    const map = Buffer.alloc(512);
    map.write(
      extents
        .slice(at, at + 21)
        .map(pair)
        .join(''),
      0,
      'latin1',
    );
    map[504] = extents.length > at + 21 ? 1 : 0;
    more.push(map);
  }
  return Buffer.concat([sealed(block), ...more, Buffer.from(data), Buffer.alloc(-data.length & 511)]);
}

const EXTENTS: [number, number][] = [
  [0, 3],
  [4096, 600],
  [8192, 0],
];
const DATA = `abc${'d'.repeat(600)}`;
const MANY = Array.from({ length: 60 }, (_, i): [number, number] => [i * 1024, 5]);

/** Archives made by hand, one for each odd thing. */
export function oddArchives(): Buffer[] {
  return [
    ...oddHeaders(),
    ...oddRecords(),
    ...(['0.0', '0.1', '1.0'] as const).flatMap((version) => [
      tar(paxSparse(version, EXTENTS, 8192, DATA), file('usr/last')),
      tar(paxSparse(version, [], 5000, ''), file('usr/last')),
      tar(paxSparse(version, MANY, 61_440, '12345'.repeat(60)), file('usr/last')),
    ]),
    tar(gnuSparse(EXTENTS, 8192, DATA), file('usr/last')),
    tar(gnuSparse(MANY, 61_440, '12345'.repeat(60)), file('usr/last')),
    tar(gnuSparse([], 0, ''), file('usr/last')),
    ...exportsAndImages(),
  ];
}

function oddHeaders(): Buffer[] {
  const twelve = { name: 'etc/f', body: 'twelve bytes' };
  return [
    tar(file('etc/f'), { name: 'etc/', type: '5' }, { name: 'etc/l', type: '2', linkname: 'f' }),
    tar(patched(twelve, [124, '\0\0\0\0\x0000014\0']), file('usr/last')),
    tar(patched(twelve, [124, '         14 ']), file('usr/last')),
    tar(patched(twelve, [124, '0000 000014\0']), file('usr/last')),
    tar(patched(twelve, [108, 'abc\0\0\0\0\0']), file('usr/last')),
    tar(patched(twelve, [100, 'rw-r--r-']), file('usr/last')),
    tar(patched(twelve, [329, 'x']), file('usr/last')),
    tar(patched({ ...twelve, base256: true, uid: 2 ** 31, mtime: -5 }), file('usr/last')),
    tar(patched(twelve, [108, '\xff'.repeat(8)]), file('usr/last')),
    tar(patched({ name: 'etc/d/', body: 'hello\n' }), file('usr/last')),
    tar({ name: 'etc/d/', type: '\0', magic: 'v7' }, file('usr/last')),
    tar(patched({ name: 'etc/l', type: '1', linkname: 'etc/f', size: 6 }), file('usr/last')),
    tar(
      patched({ name: 'etc/d/', type: '5', size: 6 }),
      patched({ name: 'p', type: '6', size: 700 }),
      file('usr/last'),
    ),
    tar(patched({ name: 'etc/u', type: 'Z', body: 'hello\n' }), file('usr/last')),
    tar(
      patched({ name: 'foo', magic: 'gnu' }, [345, 'etc/aaa']),
      patched({ name: 'foo', magic: 'gnu' }, [345, '14000000000\x0014000000001\0']),
    ),
    tar(patched({ name: 'f' }, [345, 'etc'], [508, 'tar\0']), patched({ name: 'f' }, [345, 'etc/'])),
    tar({ name: 'n', type: '3', devmajor: 1, devminor: 3 }, { name: 'n', type: '4', devmajor: 8 }),
  ];
}

function oddRecords(): Buffer[] {
  const pax = (...records: [key: string, value: string][]) =>
    records.map(([key, value]) => tar(withPax({ [key]: value }), file('usr/last')));
  const global = raw('g', '13 comment=c\n');
  return [
    tar(longName('L', 'etc/from-L'), withPax({ path: 'etc/from-pax' }), file('usr/last')),
    tar(longName('L', ''), longName('K', 'target'), { name: 'etc/l', type: '2', linkname: 'x' }, file('usr/last')),
    tar(raw('x', '20 path=etc/from-pax\n'), global, file('etc/short')),
    tar(longName('L', 'etc/from-L'), global, file('etc/short')),
    tar(file('a'), longName('L', 'etc/from-L')),
    tar(file('a'), raw('x', '13 path=etc/p\n')),
    tar(raw('g', 'garbage here\n'), file('etc/short')),
    ...[
      '0x10 comment=a\n',
      '0 X=',
      '+9 path=a\n',
      '9 path=a\n\0\0',
      '8 =path\n',
      '11 path=a\0b\n',
      '9 path=a',
      '5 a=\n',
      '4 a\n',
    ].map((text) => tar(raw('x', text), file('etc/short'), file('usr/last'))),
    tar(raw('x', '12 path=one\n12 path=two\n'), file('etc/short')),
    ...pax(
      ['path', ''],
      ['linkpath', ''],
      ['size', '0x6'],
      ['size', '+6'],
      ['size', '6'],
      ['size', ' 6 '],
      ['size', '-6'],
    ),
    ...pax(['uid', '-1'], ['uid', '1e9'], ['gid', '9223372036854775808'], ['gid', '00000000000000000000000005']),
    ...pax(['mtime', '-1.5'], ['mtime', '5.'], ['mtime', '.5'], ['mtime', '1.2.3'], ['atime', 'abc'], ['ctime', '12']),
    ...pax(
      ['GNU.sparse.name', 'etc/sp'],
      ['uname', 'a\0b'],
      ['SCHILY.xattr.user.a', 'a\0b\n'],
      ['a\0b', 'x'],
      ['hdrcharset', 'BINARY'],
    ),
  ];
}

function exportsAndImages(): Buffer[] {
  const layer = archive([...exportEntries(), longName('L', `etc/${'n'.repeat(150)}`), { name: 'etc/long' }]);
  const image = { names: ['web:1'], layers: [layer] };
  const web = gunzipSync(readFileSync(join(import.meta.dirname, '../../examples/web.tar.gz')));
  return [
    layer,
    dockerArchive([image]),
    ociArchive([image]),
    legacyArchive([image]),
    web.subarray(web.indexOf('bin/cat\0')),
  ];
}

/** Archives by the installed programs, in all their formats. */
export function realArchives(): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'lading-seeds-'));
  try {
    plant(join(folder, 'root'));
    const run = (...args: string[]) => {
      const result = spawnSync(args[0] ?? '', args.slice(1), { maxBuffer: 2 ** 26 });
      return result.status === 0 && result.stdout.length > 0 ? [result.stdout] : [];
    };
    const gnu = (...args: string[]) => run('tar', '-C', join(folder, 'root'), '-cf', '-', '--sort=name', ...args, '.');
    const python = (format: string) => run('python3', '-c', PYTHON, join(folder, 'root'), format);
    return [
      ...['v7', 'oldgnu', 'gnu', 'ustar', 'posix'].flatMap((format) => gnu(`--format=${format}`)),
      ...['oldgnu', 'gnu'].flatMap((format) => gnu(`--format=${format}`, '--sparse')),
      ...['0.0', '0.1', '1.0'].flatMap((version) => gnu('--format=posix', '--sparse', `--sparse-version=${version}`)),
      ...gnu('--format=gnu', '--incremental', '--label=volume'),
      ...gnu('--format=posix', '--xattrs', '--pax-option=globexthdr.name=g,comment=all'),
      ...['USTAR_FORMAT', 'GNU_FORMAT', 'PAX_FORMAT'].flatMap(python),
      ...run('bsdtar', '-C', join(folder, 'root'), '-cf', '-', '.'),
      ...run('busybox', 'tar', '-C', join(folder, 'root'), '-cf', '-', '.'),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const PYTHON = `import sys, tarfile
with tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=getattr(tarfile, sys.argv[2])) as out: out.add(sys.argv[1], ".")`;

/** Fills a folder with everything that some tar writes in a form of its own. */
function plant(root: string): void {
  const long = 'n'.repeat(120);
  for (const path of ['bin', 'etc', 'var/log', `usr/${long}/${long}`]) mkdirSync(join(root, path), { recursive: true });
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n');
  writeFileSync(join(root, 'etc/b\u00e4r'), 'utf-8');
  writeFileSync(join(root, `usr/${long}/${long}/file`), 'deep');
  linkSync(join(root, 'etc/passwd'), join(root, 'etc/hard'));
  symlinkSync('passwd', join(root, 'etc/soft'));
  symlinkSync(`../${long}/${long}/file`, join(root, 'etc/far'));
  execFileSync('mkfifo', [join(root, 'var/fifo')]);
  writeFileSync(join(root, 'var/log/hole'), '');
  truncateSync(join(root, 'var/log/hole'), 70_000);
  writeFileSync(join(root, 'var/log/lastlog'), 'begin');
  for (let at = 1; at <= 8; at++) {
    truncateSync(join(root, 'var/log/lastlog'), at * 65_536);
    writeFileSync(join(root, 'var/log/lastlog'), `data ${at}`, { flag: 'a' });
  }
}
