import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSeconds } from '../../support/cpu.ts';
import { membersOf } from '../../support/members.ts';
import { archive, type Entry, header, longName, member, sealed } from '../../support/tar-builder.ts';
import { changesOf, mend, mendEntries, withoutPaxNames } from './kit.ts';

const file = (name: string, body = name, more: Partial<Entry> = {}): Entry => ({ name, body, ...more });
const folder = (name: string, more: Partial<Entry> = {}): Entry => ({ name, type: '5', ...more });
const link = (name: string, linkname: string): Entry => ({ name, type: '1', linkname });

/** For each kind of fault: the members with it, the members after mending, and the changes. */
const CASES: { what: string; before: Entry[]; after: Entry[]; changes: string[]; folder?: string }[] = [
  {
    what: 'the last member of a path wins',
    before: [folder('a/'), file('a/b', 'one'), file('c'), file('./a//b', 'two')],
    after: [folder('a/'), file('c'), file('./a//b', 'two')],
    changes: ['replaced a/b'],
  },
  {
    what: 'a directory that repeats stays at its first place, and at its last if it changes',
    before: [folder('a/'), folder('b/'), file('b/x'), folder('a/'), folder('b/', { mode: 0o700 })],
    after: [folder('a/'), file('b/x'), folder('b/', { mode: 0o700 })],
    changes: ['replaced a', 'replaced b'],
  },
  {
    what: 'the root may be written in two ways, each once',
    before: [folder('./'), folder('/'), file('a'), folder('.')],
    after: [folder('./'), folder('/'), file('a')],
    changes: ['replaced .'],
  },
  {
    what: 'a replaced file goes on under the name of its hard link',
    before: [file('a', 'old'), link('b', 'a'), link('c', 'a'), file('a', 'new')],
    after: [file('b', 'old'), link('c', 'b'), file('a', 'new')],
    changes: ['content-moved a b', 'replaced b'],
  },
  {
    what: 'a link to a replaced link points to the file',
    before: [file('a'), link('b', 'a'), link('c', 'b'), file('b', 'new')],
    after: [file('a'), link('c', 'a'), file('b', 'new')],
    changes: ['replaced b'],
  },
  {
    what: 'a file that tar was given twice is no link to itself',
    before: [file('a'), link('a', './a'), link('b', 'a'), link('a', 'b')],
    after: [file('a'), link('b', 'a')],
    changes: ['replaced a', 'replaced a'],
  },
  {
    what: 'links move behind their target, also in a chain',
    before: [link('x', 'y'), link('y', 'z'), file('z'), file('end')],
    after: [file('z'), link('y', 'z'), link('x', 'z'), file('end')],
    changes: ['link-moved y z', 'link-moved x y'],
  },
  {
    what: 'a link without a target is left out, and so is one to it',
    before: [link('x', 'none'), link('y', 'x'), file('z')],
    after: [file('z')],
    changes: ['link-left-out x none', 'link-left-out y x'],
  },
  {
    what: 'members that are no files are left out; files and directories of other types become plain',
    before: [
      file('label', '', { type: 'V' }),
      file('old', 'list\0', { type: 'D' }),
      file('seven', 'body', { type: '7' }),
    ],
    after: [folder('old', { mode: 0o644 }), file('seven', 'body')],
    changes: ['odd-left-out label volume label', 'retyped old 5', 'retyped seven 0'],
  },
  {
    what: '`..` is cut off, in names and in the targets of hard links',
    before: [file('../etc/passwd'), file('a/../b'), link('c', '../../b'), { name: 'd', type: '2', linkname: '../x' }],
    after: [
      file('etc/passwd', '../etc/passwd'),
      file('b', 'a/../b'),
      link('c', 'b'),
      { name: 'd', type: '2', linkname: '../x' },
    ],
    changes: ['renamed ../etc/passwd etc/passwd', 'renamed a/../b b'],
  },
  {
    what: 'attributes of macOS are left out, others stay',
    before: [
      file('a', 'a', { pax: { 'SCHILY.xattr.com.apple.provenance': '\x01', 'SCHILY.xattr.user.x': 'y' } }),
      file('b', 'b', { pax: { 'LIBARCHIVE.xattr.com.apple.quarantine': 'AQ' } }),
      file('._b', '\x00\x05\x16\x07 and so on'),
      file('._c', 'no AppleDouble'),
    ],
    after: [file('a', 'a', { pax: { 'SCHILY.xattr.user.x': 'y' } }), file('b', 'b'), file('._c', 'no AppleDouble')],
    changes: ['attributes a com.apple.provenance', 'attributes b com.apple.quarantine', 'apple-double ._b'],
  },
  {
    what: 'a folder is cut off, and what is beside it is left out',
    folder: 'box/rootfs',
    before: [
      file('box/metadata.yaml'),
      folder('box/rootfs/', { mode: 0o711 }),
      folder('box/rootfs/bin/'),
      file('box/rootfs/bin/sh'),
      link('box/rootfs/bin/ash', 'box/rootfs/bin/sh'),
      { name: 'box/rootfs/lib', type: '2', linkname: 'usr/lib' },
    ],
    after: [
      folder('./', { mode: 0o711 }),
      folder('bin/'),
      file('bin/sh', 'box/rootfs/bin/sh'),
      link('bin/ash', 'bin/sh'),
      { name: 'lib', type: '2', linkname: 'usr/lib' },
    ],
    changes: ['outside box/metadata.yaml', 'folder-stripped box/rootfs'],
  },
];

for (const { what, before, after, changes, folder: cut = '' } of CASES) {
  test(what, async () => {
    for (const chunks of [[], [1], [512], [700, 3]]) {
      const done = await mendEntries(before, { folder: cut, chunks });
      assert.deepEqual(changesOf(done.changes), changes);
      assert.ok(
        withoutPaxNames(done.bytes).equals(withoutPaxNames(archive(after))),
        done.bytes.toString('latin1').replaceAll('\0', ''),
      );
    }
    assert.equal(await mend(archive(after)), null, 'there is nothing to mend any more');
  });
}

test('sparse files are written in full, with their own names', async () => {
  const map = '2\n0\n3\n600\n2\n';
  const pax = {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'disk',
    'GNU.sparse.realsize': '1000',
  };
  const sparse = {
    name: 'GNUSparseFile.1/disk',
    pax,
    body: Buffer.concat([Buffer.from(map), Buffer.alloc(512 - map.length), Buffer.from('abcde')]),
  };
  const { bytes, changes } = await mendEntries([sparse, file('after')], { chunks: [100] });
  const whole = Buffer.alloc(1000);
  whole.write('abc', 0);
  whole.write('de', 600);
  assert.ok(bytes.equals(archive([{ name: 'disk', body: whole }, file('after')])));
  assert.deepEqual(changesOf(changes), ['expanded disk']);
});

test('a sparse file with very many small pieces of content is written in full', async () => {
  const [count, gap] = [400, 20_000];
  const map = [count, ...Array.from({ length: count }, (_, i) => [gap * (i + 1) - 1, 1]).flat(), ''].join('\n');
  const whole = Buffer.alloc(count * gap);
  for (let at = gap - 1; at < whole.length; at += gap) whole[at] = (at / gap) % 250;
  const sparse = {
    name: 'disk',
    pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': `${whole.length}` },
    body: Buffer.concat([
      Buffer.from(map.padEnd(Math.ceil(map.length / 512) * 512, '\0')),
      whole.filter((_, at) => at % gap === gap - 1),
    ]),
  };
  const { bytes } = await mendEntries([sparse]);
  assert.ok(bytes.equals(archive([{ name: 'disk', body: whole }])));
});

test('a sparse file of old GNU tar becomes a plain one; a file of holes only becomes zeros', async () => {
  const block = header({ name: 'holes', type: 'S', magic: 'gnu', size: 0 });
  block.write('00000001750\0', 483, 'latin1');
  const { bytes } = (await mend(Buffer.concat([sealed(block), archive([file('after')])]))) ?? {};
  const plain = member({ name: 'holes', magic: 'gnu', body: Buffer.alloc(1000) });
  assert.ok(bytes?.equals(Buffer.concat([plain, archive([file('after')])])));
});

test('a long name that changes is written as a PAX record, and a short one into the header', async () => {
  const deep = 'd'.repeat(90);
  const name = `${deep}/${deep}/x`;
  const { bytes } = await mendEntries([
    longName('L', `../${name}`),
    file('../cut', 'b', { magic: 'gnu' }),
    longName('L', `../${'e'.repeat(98)}`),
    file('../cut'),
  ]);
  const names = membersOf(bytes).map((each) => each.name);
  assert.deepEqual(names, [name, 'e'.repeat(98)]);
});

test('thousands of links move behind one target', async () => {
  const links = Array.from({ length: 6000 }, (_, i) => link(`link ${i}`, 'target'));
  const { bytes } = await mendEntries([...links, file('target')]);
  assert.ok(bytes.equals(archive([file('target'), ...links])));
});

test('a file whose name is taken again and again goes on under the name of each of its links', async () => {
  const names = Array.from({ length: 2000 }, (_, i) => `name ${i}`);
  const links = names.slice(1).map((name) => link(name, 'name 0'));
  const { bytes } = await mendEntries([
    file('name 0', 'old'),
    ...links,
    ...names.slice(0, -1).map((name) => file(name, '')),
  ]);
  const last = names.at(-1) ?? '';
  assert.ok(bytes.equals(archive([file(last, 'old'), ...names.slice(0, -1).map((name) => file(name, ''))])));
});

test('a missing end is added, and the last body gets its padding', async () => {
  const whole = archive([file('a'), file('b')]);
  const done = await mend(whole.subarray(0, whole.length - 1024 - 511));
  assert.ok(done !== null && done.bytes.equals(whole));
  assert.deepEqual(changesOf(done.changes), ['end-added ']);
});

test('in a layer of an image, a link without a target stays: a lower layer may have it', async () => {
  assert.equal(await mend(archive([link('x', 'none')]), { alone: false }), null);
});

test('a directory with members that a file replaces is not mended, and neither are links to directories', async () => {
  assert.equal(await mend(archive([folder('a/'), file('a/b'), file('a')])), null);
  assert.equal(await mend(archive([folder('a/'), link('b', 'a')])), null);
});

test('what mending costs grows with the bytes, for attributes and for deep paths', async () => {
  const attributes = Array.from({ length: 20_000 }, (_, i) => [`SCHILY.xattr.com.apple.${i}`, 'v']);
  const layers: Entry[][] = [
    Array.from({ length: 3 }, (_, i) => ({
      name: `f${i}`,
      pax: Object.fromEntries(attributes) as Record<string, string>,
    })),
    Array.from({ length: 500 }, (_, i) => ({ name: 'f', pax: { path: `x/../${'d/'.repeat(1900)}file ${i}` } })),
  ];
  for (const layer of layers) {
    const seconds = cpuSeconds();
    await mendEntries(layer);
    const took = seconds();
    assert.ok(took < 2, `${took} s`);
  }
  const deep = Array.from({ length: 60 }, (_, i): Entry => ({
    name: 'f',
    pax: { path: `${i}/${'d/'.repeat(1900)}f` },
  }));
  await assert.rejects(() => mendEntries(deep), /the bytes of the paths/);
});
