import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { entriesOf, merged, ModelTree, stored } from '../../support/rewrite.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';

const listed = (...layers: Entry[][]): Record<string, string> => new ModelTree(layers).listed();
const file = (name: string, body = ''): Entry => ({ name, body });
const dir = (name: string, mode = 0o755): Entry => ({ name: `${name}/`, type: '5', mode });
const hard = (name: string, linkname: string): Entry => ({ name, type: '1', linkname });
const soft = (name: string, linkname: string): Entry => ({ name, type: '2', linkname });

/** The members that layers become, each as type, name and target. */
async function become(...layers: Entry[][]): Promise<string[]> {
  return shown(await merged(stored(layers.map(archive))));
}

function shown(bytes: Uint8Array): string[] {
  return entriesOf(bytes).map(
    ({ type, name, linkname, body }) =>
      `${type} ${name}${linkname === '' ? '' : ` → ${linkname}`}${body === '' ? '' : `: ${String(body)}`}`,
  );
}

test('one layer without whiteouts stays byte for byte', async () => {
  const attributes = { 'SCHILY.xattr.user.k': 'v\xff', mtime: '1700000000.123456789' };
  const layer = [dir('a'), file('a/x', 'text'), hard('a/y', 'a/x'), { ...file('b'), pax: attributes }];
  assert.deepEqual(await merged(stored([archive(layer)])), archive(layer));
});

test('upper layers add, replace and hide, and directories come before their files', async () => {
  const lower = [dir('a'), file('a/x', 'old'), file('a/y'), dir('b'), file('b/z')];
  const upper = [dir('a', 0o700), file('a/x', 'new'), file('a/.wh.y'), file('.wh.b'), file('c')];
  assert.deepEqual(await become(lower, upper), ['5 a/', '0 a/x: new', '0 c']);
  const late = await become([dir('a'), file('a/y')], [dir('a', 0o700), file('a/x')]);
  assert.deepEqual(late, ['5 a/', '0 a/y', '0 a/x']);
});

test('the content of a file moves to a link that is left, and other links follow it', async () => {
  const lower = [file('a', 'text'), hard('b', 'a'), hard('c', 'a')];
  assert.deepEqual(await become(lower, [file('.wh.a')]), ['0 b: text', '1 c → b']);
  assert.deepEqual(await become(lower, [hard('d', 'b'), file('.wh.a'), file('b', 'new')]), [
    '0 c: text',
    '1 d → c',
    '0 b: new',
  ]);
});

test('long names go into records, also for files that lead through a link of their layer', async () => {
  const long = 'n'.repeat(90);
  const deep = [dir('usr'), dir(`usr/${long}`), soft('lib', `usr/${long}`), file('lib/library', 'x')];
  assert.deepEqual(await become(deep), ['5 usr/', `5 usr/${long}/`, `2 lib → usr/${long}`, `0 usr/${long}/library: x`]);
});

test('a directory without a member gets one', async () => {
  assert.deepEqual(await become([file('a/b/c')], [file('a/b/d')]), ['5 a/', '5 a/b/', '0 a/b/c', '0 a/b/d']);
});

/** A step in making a layer; `to` is a link's target if it is there. */
interface Step {
  kind: 'file' | 'dir' | 'soft' | 'hard' | 'hide' | 'opaque';
  path: string;
  to: string;
  mode: number;
}

const PATH = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const STEP: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('file', 'file', 'dir', 'dir', 'soft', 'hard', 'hard', 'hide', 'opaque'),
  path: PATH,
  to: PATH,
  mode: fc.constantFrom(0o755, 0o700, 0o4711),
});
const LAYERS = fc.array(fc.array(STEP, { maxLength: 8 }), { minLength: 1, maxLength: 4 });

/**
 * The members of layers that engines agree on: each path once in a layer, no member below a file or link of its own
 * layer, and hard links only to what is there.
 */
function layersOf(drawn: Step[][]): Entry[][] {
  const layers: Entry[][] = [];
  for (const steps of drawn) {
    const entries: Entry[] = [];
    layers.push(entries);
    const taken = new Map<string, string>();
    const hidden: string[] = [];
    const below = listed(...layers.slice(0, -1));
    const isSound = (made: Entry): boolean => {
      try {
        new ModelTree([...layers.slice(0, -1), [...entries, made]]);
        return true;
      } catch {
        return false;
      }
    };
    for (const [i, { kind, path, to, mode }] of steps.entries()) {
      if (kind === 'hide' || kind === 'opaque') {
        const name = kind === 'opaque' ? `${path}/.wh..wh..opq` : path.replace(/[^/]+$/, '.wh.$&');
        const above = name.slice(0, Math.max(0, name.lastIndexOf('/')));
        const isApart = hidden.every((each) => !isWithin(path, each) && !isWithin(each, path));
        const isThere = above === '' || (below[above]?.startsWith('5') === true && isFree(taken, `${above}/x`));
        if (!isApart || !isThere || !isSound(file(name))) continue;
        entries.push(file(name));
        hidden.push(path);
        continue;
      }
      if (taken.has(path) || !isFree(taken, path) || [...taken.keys()].some((each) => isWithin(each, path))) continue;
      const body = `${layers.length}.${i}`;
      const made: Entry = { ...entryOf(kind, path, to, body), mode };
      if (!isSound(made)) continue;
      if (kind === 'hard' && listed(...layers)[to]?.startsWith('5')) continue;
      if (kind === 'hard' && (isWithin(to, path) || isWithin(path, to))) continue;
      entries.push(made);
      taken.set(path, kind);
    }
  }
  return layers;
}

function isWithin(path: string, above: string): boolean {
  return path === above || path.startsWith(`${above}/`);
}

/** True when everything above a path is a directory as far as its own layer says. */
function isFree(taken: ReadonlyMap<string, string>, path: string): boolean {
  return [...taken].every(([above, kind]) => kind === 'dir' || !path.startsWith(`${above}/`));
}

function entryOf(kind: Step['kind'], path: string, to: string, body: string): Entry {
  if (kind === 'dir') return dir(path);
  if (kind === 'soft') return soft(path, to);
  return kind === 'hard' ? hard(path, to) : file(path, body);
}

test('any layers become one that unpacks to the same, wherever they lie in the upload', async () => {
  await fc.assert(
    fc.asyncProperty(LAYERS, fc.boolean(), fc.nat(700), async (drawn, reversed, chunk) => {
      const layers = layersOf(drawn);
      const order = layers.map((_, i) => (reversed ? layers.length - 1 - i : i));
      const bytes = await merged(stored(layers.map(archive), { order, sizes: [chunk + 1] }));
      assert.deepEqual(listed(entriesOf(bytes)), listed(...layers));
    }),
    { numRuns: 150 },
  );
});

test('any upper layers become one that does the same to the layers below', async () => {
  await fc.assert(
    fc.asyncProperty(LAYERS, fc.nat(3), async (drawn, from) => {
      const layers = layersOf(drawn);
      const [lower, upper] = [layers.slice(0, from), layers.slice(from)];
      const bytes = await merged(stored(upper.map(archive)), 'kept');
      assert.deepEqual(listed(...lower, entriesOf(bytes)), listed(...layers));
    }),
    { numRuns: 150 },
  );
});
