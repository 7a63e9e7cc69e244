import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesBelow } from '../../../core/files/listing.ts';
import { MergeBudget } from '../../../core/files/merge-budget.ts';
import { MergedTree } from '../../../core/files/merge.ts';
import type { Whiteouts } from '../../../core/model/recipe.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';
import { fc } from '../../support/properties.ts';

/** The merged tree of these layers, each written as a tar archive and read again. */
function treeOf(layers: Entry[][], whiteouts: Whiteouts = 'applied', budget?: MergeBudget): MergedTree {
  const tree = new MergedTree({ whiteouts, budget });
  for (const entries of layers) {
    tree.startLayer();
    const scanner = new TarScanner({ member: (member) => (tree.add(member), 0), body() {} });
    scanner.push(archive(entries));
    scanner.finish();
  }
  return tree;
}

const paths = (tree: MergedTree): string[] => [...tree.list()].map(({ path }) => path);
const file = (name: string, body = ''): Entry => ({ name, body });
const dir = (name: string): Entry => ({ name: `${name}/`, type: '5' });
const link = (name: string, linkname: string): Entry => ({ name, type: '2', linkname });

function leadsTo(tree: MergedTree, path: string): string {
  const led = tree.resolve(path);
  return led.kind === 'found' ? led.path : led.kind === 'missing' ? `no ${led.path}` : 'circle';
}

test('later layers add, replace and hide', () => {
  const tree = treeOf([
    [dir('etc'), file('etc/a', 'one'), file('etc/b'), dir('var'), file('var/log')],
    [file('etc/a', 'longer'), file('etc/.wh.b'), file('.wh.var'), file('new')],
  ]);
  assert.deepEqual(
    [...tree.list()].map(({ path, file: { size, layer } }) => [path, size, layer]),
    [
      ['etc', 0, 0],
      ['etc/a', 6, 1],
      ['new', 0, 1],
    ],
  );
});

test('a hidden directory that comes back is empty, wherever the whiteout stands in the layer', () => {
  const lower = [dir('d'), file('d/old'), dir('d/sub'), file('d/sub/old')];
  const back = [dir('d'), file('d/sub/new')];
  const marks: Entry[] = [file('.wh.d'), file('d/.wh..wh..opq')];
  for (const mark of marks) {
    for (const upper of [
      [mark, ...back],
      [...back, mark],
    ])
      assert.deepEqual(paths(treeOf([lower, upper])), ['d', 'd/sub/new'], mark.name);
  }
});

test('whiteouts do not hide members of their own layer, and internal files of AUFS are not listed', () => {
  const tree = treeOf([[file('a')], [file('b'), file('.wh.b'), file('.wh..wh..opq'), file('.wh..wh.plnk')]]);
  assert.deepEqual(paths(tree), ['b']);
});

test('in an archive that is not a layer, `.wh.` is part of an ordinary name', () => {
  assert.deepEqual(paths(treeOf([[file('a'), file('.wh.a')]], 'names')), ['.wh.a', 'a']);
});

test('a file replaces a directory with all its content, and a directory replaces a file', () => {
  assert.deepEqual(paths(treeOf([[dir('a'), file('a/b')], [file('a')]])), ['a']);
  assert.deepEqual(paths(treeOf([[file('a')], [file('a/b')]])), ['a/b']);
});

test('links are followed only inside the tree, as in a container', () => {
  const tree = treeOf([
    [
      dir('usr'),
      file('usr/x', 'content'),
      link('rel', 'usr/x'),
      link('usr/abs', '/rel'),
      link('out', '../../../usr/x'),
      link('lib', 'usr'),
      link('gone', 'usr/y'),
      link('loop', 'loop'),
    ],
  ]);
  for (const path of ['rel', 'usr/abs', 'out', 'lib/x', 'lib/../rel', '/usr/./x', '../usr/x'])
    assert.equal(leadsTo(tree, path), 'usr/x', path);
  assert.deepEqual([leadsTo(tree, 'gone'), leadsTo(tree, 'usr/x/y')], ['no usr/y', 'no usr/x/y']);
  assert.equal(leadsTo(tree, 'loop'), 'circle');
  assert.equal(leadsTo(tree, ''), '');
});

test('members are placed through links of their own layer, and replace links of lower layers', () => {
  const usrMerge = [dir('usr'), dir('usr/bin'), link('bin', 'usr/bin')];
  assert.deepEqual(paths(treeOf([[...usrMerge, file('bin/sh')]])), ['bin', 'usr', 'usr/bin', 'usr/bin/sh']);
  assert.deepEqual(paths(treeOf([usrMerge, [file('bin/sh')]])), ['bin/sh', 'usr', 'usr/bin']);
});

test('a hard link keeps the content of its target, also when the target is later replaced or hidden', () => {
  const tree = treeOf([
    [file('a', 'first'), { name: 'b', type: '1', linkname: './a' }],
    [file('a', 'second!'), { name: 'c', type: '1', linkname: 'b' }, file('.wh.b')],
  ]);
  const found = new Map([...tree.list()].map(({ path, file: each }) => [path, each]));
  assert.deepEqual([...found.keys()], ['a', 'c']);
  assert.deepEqual([found.get('c')?.type, found.get('c')?.size, found.get('c')?.layer], ['1', 5, 0]);
  const dangling = [...treeOf([[{ name: 'b', type: '1', linkname: 'a' }]]).list()];
  assert.equal(dangling[0]?.file.start, -1);
});

/** A layer in its simplest form: hidden paths, and then members. */
interface Layer {
  ops: { path: string; kind: 'file' | 'dir' | 'hide' | 'opaque'; size: number }[];
}

/** The same merge with a flat map: all whiteouts act on the layers below, then the members are added in order. */
function model(layers: Layer[]): Map<string, string> {
  const state = new Map<string, string>();
  const clear = (below: string) => {
    for (const path of state.keys()) if (path.startsWith(`${below}/`)) state.delete(path);
  };
  for (const [at, { ops }] of layers.entries()) {
    for (const { path, kind } of ops) {
      if (kind === 'hide') state.delete(path);
      if (kind === 'hide' || kind === 'opaque') clear(path);
    }
    for (const { path, kind, size } of ops) {
      if (kind === 'hide' || kind === 'opaque') continue;
      const parts = path.split('/');
      for (let i = 1; i < parts.length; i++) {
        const above = parts.slice(0, i).join('/');
        if (state.get(above)?.startsWith('file') === true) state.delete(above);
      }
      if (kind === 'file') clear(path);
      state.set(path, `${kind} ${kind === 'file' ? size : 0} of ${at}`);
    }
  }
  return state;
}

function entryOf({ path, kind, size }: Layer['ops'][number]): Entry {
  const [, above = '', name = ''] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
  switch (kind) {
    case 'file':
      return file(path, 'x'.repeat(size));
    case 'dir':
      return dir(path);
    case 'hide':
      return file(`${above}.wh.${name}`);
    case 'opaque':
      return file(`${path}/.wh..wh..opq`);
  }
}

const layerOf: fc.Arbitrary<Layer> = fc.record({
  ops: fc.array(
    fc.record({
      path: fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
      kind: fc.constantFrom('file', 'file', 'dir', 'hide', 'opaque'),
      size: fc.nat(9),
    }),
    { maxLength: 12 },
  ),
});

test('any layers merge as the simple model merges them', () => {
  fc.assert(
    fc.property(fc.array(layerOf, { maxLength: 4 }), (layers) => {
      const tree = treeOf(layers.map(({ ops }) => ops.map(entryOf)));
      const merged = [...tree.list()].map(
        ({ path, file: { type, size, layer } }) =>
          [path, `${type === '5' ? 'dir' : 'file'} ${size} of ${layer}`] as const,
      );
      assert.deepEqual(new Map(merged), model(layers));
      assert.deepEqual(new Set(filesBelow(tree.root)), new Set([...tree.list()].map((each) => each.file)));
      assert.deepEqual(
        merged.map(([path]) => path),
        merged
          .map(([path]) => path)
          .toSorted((a, b) => (`${a}/`.replaceAll('/', '\0') < `${b}/`.replaceAll('/', '\0') ? -1 : 1)),
      );
    }),
    { numRuns: 500 },
  );
});

test('hard links through many symbolic links with long targets are refused by name, and quickly', () => {
  const long = './'.repeat(2000);
  const links = Array.from({ length: 39 }, (_, i): Entry => ({
    name: `s${i + 1}`,
    type: '2',
    pax: { linkpath: `${long}s${i}` },
  }));
  const hard = (count: number) =>
    Array.from({ length: count }, (_, i): Entry => ({ name: `h${i}`, type: '1', linkname: 's39/x' }));
  const seconds = cpuSeconds();
  assert.throws(() => treeOf([[dir('s0'), file('s0/x'), ...links, ...hard(1700)]]), /symbolic links that are followed/);
  const took = seconds();
  assert.ok(took < 2, `${took} s`);
  assert.ok(paths(treeOf([[dir('s0'), file('s0/x'), ...links, ...hard(10)]])).includes('h9'));
});

const DEEP = 'd/'.repeat(1900);
const deep = (path: string): Entry => ({ name: 'f', pax: { path } });

test('members behind many links at the end of a deep path cost as much as their names', () => {
  const members = Array.from({ length: 500 }, (_, i) => deep(`${DEEP}${'l/'.repeat(39)}${i}`));
  const layer = [{ ...deep(DEEP), type: '5' }, { ...deep(`${DEEP}l`), type: '2', linkname: '.' }, ...members];
  const seconds = cpuSeconds();
  assert.equal(paths(treeOf([layer])).length, 502);
  assert.ok(seconds() < 2);
});

test('files in a deep directory are listed as fast as others', () => {
  const tree = treeOf([Array.from({ length: 20_000 }, (_, i) => deep(`${DEEP}${i}`))]);
  const seconds = cpuSeconds();
  assert.equal(paths(tree).length, 20_000);
  const took = seconds();
  assert.ok(took < 0.5, `${took} s`);
});

test('the path of a directory in the same directory as the member before it is not followed again', () => {
  const members = Array.from({ length: 5000 }, (_, i): Entry => ({ ...deep(`${DEEP}${i}/`), type: '5' }));
  assert.equal(paths(treeOf([members])).length, 5000); // following each path would be too many steps
});

test('a path that becomes too long through links is refused, and never exhausts the stack', () => {
  const links = Array.from({ length: 4 }, (_, i): Entry[] => [
    { name: `s${i + 1}`, type: '2', pax: { linkpath: `s${i}/${DEEP}` } },
    deep(`s${i + 1}/${DEEP}x`),
  ]);
  assert.throws(
    () => treeOf([[{ name: 's0', type: '2', linkname: '.' }, deep(`${DEEP}x`), ...links.flat()]]),
    /too long/,
  );
});

test('images that share layers of long paths are not merged again and again without a bound', () => {
  const budget = new MergeBudget();
  // In turn in two directories, so that each path is looked up from the root.
  const members = Array.from({ length: 1000 }, (_, i) => deep(`${i % 2}/${DEEP}${i}`));
  const merge = () => treeOf([members], 'applied', budget);
  assert.equal(paths(merge()).length, 1000);
  assert.throws(() => Array.from({ length: 10 }, merge), /the components of the paths of all members/);
  const links = [
    { ...deep(DEEP), type: '5' },
    { ...deep(`${DEEP}l`), type: '2', linkname: '.' },
  ];
  const behind = Array.from({ length: 500 }, (_, i) => deep(`${DEEP}${'l/'.repeat(39)}${i}`));
  const others = new MergeBudget();
  assert.throws(
    () => Array.from({ length: 20 }, () => treeOf([[...links, ...behind]], 'applied', others)),
    /symbolic links that are followed|components of the paths/,
  );
});

test('directories that no member gives are bounded by their paths', () => {
  const members = Array.from({ length: 60 }, (_, i) => deep(`${i}/${DEEP}f`));
  assert.equal(paths(treeOf([members.slice(0, 8)])).length, 8);
  assert.throws(() => treeOf([members]), /directories that no member gives/);
});

test('siblings are placed like any others, whatever happens to their directory in between', () => {
  const layer = [dir('a'), dir('b'), file('b/x'), file('b/y'), link('c', 'a'), file('c/x')];
  assert.deepEqual(paths(treeOf([[...layer, file('b'), file('b/z')]])), ['a', 'a/x', 'b/z', 'c']);
  assert.deepEqual(paths(treeOf([[...layer, link('b', 'a'), file('b/z'), file('b/w')]])), [
    'a',
    'a/w',
    'a/x',
    'a/z',
    'b',
    'c',
  ]);
  assert.deepEqual(paths(treeOf([layer, [file('b/v'), file('.wh.b'), file('b/w')]])), ['a', 'a/x', 'b/v', 'b/w', 'c']);
});

test('the components of hard link targets are counted, too, and targets that are too long lead nowhere', () => {
  const target = `${DEEP}x`;
  const links = Array.from({ length: 3000 }, (_, i): Entry => ({
    name: `${i}`,
    type: '1',
    pax: { linkpath: target },
  }));
  assert.throws(() => treeOf([[deep(target), ...links]]), /the components of the paths of all members/);
  const far: Entry = { name: 'far', type: '1', pax: { linkpath: `${'./'.repeat(3000)}etc/f` } };
  const near: Entry = { name: 'near', type: '1', linkname: './etc/f' };
  const starts = new Map(
    [...treeOf([[file('etc/f', 'x'), far, near]]).list()].map((each) => [each.path, each.file.start]),
  );
  assert.equal(starts.get('far'), -1);
  assert.equal(starts.get('near'), starts.get('etc/f'));
});

test('a name that no file system can hold is refused before it is split', () => {
  const seconds = cpuSeconds();
  for (let i = 0; i < 50; i++)
    assert.throws(() => treeOf([[{ name: 'f', pax: { path: `${'./'.repeat(500_000)}f` } }]]), /too long/);
  const took = seconds();
  assert.ok(took < 1, `${took} s`);
});
