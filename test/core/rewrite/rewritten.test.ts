import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../../support/properties.ts';
import { entriesOf, merged, ModelTree, stored } from '../../support/rewrite.ts';
import { LAYERS, layersOf } from '../../support/random-layers.ts';
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

test('thousands of members without bodies at one place are all written', async () => {
  const folders = Array.from({ length: 6000 }, (_, i) => `folder ${i}`);
  const empty = await become(
    folders.map((name) => file(`${name}/x`)),
    folders.map((name) => file(`${name}/.wh.x`)),
  );
  assert.deepEqual(empty.toSorted(), folders.map((name) => `5 ${name}/`).toSorted());
});

test('very many links to one file stay links to it', async () => {
  const links = Array.from({ length: 50_000 }, (_, i) => hard(`link ${i}`, 'a'));
  const layer = [file('a', 'text'), ...links];
  assert.deepEqual(await merged(stored([archive(layer)])), archive(layer));
});

test('a hard link to a file that no layer has is refused, but not above other layers, which may have it', async () => {
  const link = stored([archive([hard('a', 'gone')])]);
  await assert.rejects(() => merged(link), /hard link a points to gone/);
  assert.deepEqual(shown(await merged(link, 'kept')), ['1 a → gone']);
});

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
      const made = new ModelTree([...lower, entriesOf(bytes)], 'found').listed();
      assert.deepEqual(made, listed(...layers));
    }),
    { numRuns: 150 },
  );
});

test('a layer of deep paths that is listed again and again is refused by what it costs', async () => {
  const deep = Array.from({ length: 90 }, (_, i): Entry => ({ name: 'f', pax: { path: `${'d/'.repeat(1900)}${i}` } }));
  const { source, layers } = stored([archive(deep)]);
  const again = (times: number) => merged({ source, layers: Array.from({ length: times }, () => layers[0]!) });
  assert.equal(entriesOf(await again(3)).filter(({ type }) => type === '0').length, 90);
  await assert.rejects(() => again(100), /listed more than once/);
});
