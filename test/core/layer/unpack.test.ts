import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClientVerdict, clientVerdicts } from '../../../core/clients/verdicts.ts';
import { printable } from '../../../core/model/bytes.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, type Entry, exportEntries, longName } from '../../support/tar-builder.ts';

/** The codes of the findings, and the verdicts, for an image with the given layers. */
async function imageOf(...layers: Entry[][]) {
  const inspection = await inspectBytes(dockerArchive([{ names: ['web:1'], layers: layers.map(archive) }]));
  return { codes: inspection.findings.map(({ code }) => code), verdicts: clientVerdicts(inspection) };
}

async function codesOf(...entries: Entry[]): Promise<string[]> {
  const { findings } = await inspectBytes(archive([...exportEntries(), ...entries]));
  return findings.map(({ code }) => code);
}

const of = (client: string, verdicts: ClientVerdict[]): ClientVerdict | undefined =>
  verdicts.find((each) => each.client === client);
const directory = (name: string): Entry => ({ name: `${name}/`, type: '5' });
const link = (name: string, linkname: string): Entry => ({ name, type: '2', linkname });

test('a root that is a link is an error, however it is written', async () => {
  for (const name of ['.', './', '/'])
    assert.ok((await codesOf(link(name, 'bin'))).includes('root-not-a-directory'), name);
  assert.ok((await codesOf({ name: '.' })).includes('root-not-a-directory'));
});

test('a member behind a link is an error where the link leads nowhere, and none where it leads to a directory', async () => {
  assert.deepEqual(await codesOf(link('a', '/bin'), { name: 'a/x' }), []);
  assert.deepEqual(await codesOf(link('a', 'b'), link('b', 'bin'), { name: 'a/x' }), []);
  for (const target of ['/tmp/none', 'a', 'etc/none/x'])
    assert.deepEqual(await codesOf(link('a', target), { name: 'a/x' }), ['parent-unreachable'], target);
  assert.deepEqual(await codesOf(link('a', 'etc/hosts'), { name: 'a/x' }), ['parent-not-a-directory']);
});

test('a hard link to a directory and a symbolic link without a target are errors', async () => {
  assert.deepEqual(await codesOf({ name: 'h', type: '1', linkname: 'etc' }), ['hard-link-directory']);
  assert.deepEqual(await codesOf(link('s', '')), ['symlink-target']);
  const long = { name: 's', type: '2', pax: { linkpath: 'x'.repeat(4096) } };
  assert.deepEqual(await codesOf(long), ['symlink-target']);
});

test('layers are tried one above the other: what only one way of keeping them refuses is told from what each does', async () => {
  const below = await imageOf([{ name: 'a' }], [{ name: 'a/b' }]);
  assert.ok(below.codes.includes('layer-refused-by-some'));
  assert.equal(of('docker', below.verdicts)?.loads, false);
  assert.match(of('docker', below.verdicts)?.why ?? '', /storage driver vfs/);
  const linked = await imageOf([{ name: 'a' }], [{ name: 'b', type: '1', linkname: 'a' }]);
  assert.ok(linked.codes.includes('layer-refused'));
  assert.equal(of('containerd', linked.verdicts)?.loads, false);
  const sound = await imageOf([directory('lib'), link('l', 'lib')], [{ name: 'l/x' }, { name: 'lib/.wh.y' }]);
  assert.equal(of('docker', sound.verdicts)?.loads, true);
  assert.deepEqual(
    sound.codes.filter((code) => code.startsWith('layer-')),
    [],
  );
});

test('a version that unpacks in another way has a verdict of its own', async () => {
  const { verdicts } = await imageOf([link('a', 'nowhere'), { name: 'a/b' }]);
  assert.equal(of('docker', verdicts)?.since, '29.7.2');
  assert.equal(of('containerd', verdicts)?.loads, true);
});

test('attributes of macOS are named: in Docker they stop what is from version 25 on', async () => {
  const pax = { 'SCHILY.xattr.com.apple.provenance': '1' };
  const { codes, verdicts } = await imageOf([{ name: 'a', pax }]);
  assert.ok(codes.includes('layer-refused-by-some'));
  assert.equal(of('docker', verdicts)?.before, '25.0');
  assert.equal(of('podman', verdicts)?.loads, true);
  assert.deepEqual(await codesOf({ name: 'etc/a', pax }), ['macos-attributes']);
});

test('Docker before 25 passes over attributes of macOS, and fails on what comes behind them', async () => {
  const pax = { 'SCHILY.xattr.com.apple.provenance': '1' };
  const { verdicts } = await imageOf([
    { name: 'a', pax },
    { name: 'b', type: '1', linkname: 'none' },
  ]);
  assert.equal(of('docker', verdicts)?.loads, false);
  const stuck = await imageOf([{ name: 'a', pax: { 'SCHILY.xattr.security.capability': '1' } }]);
  assert.equal(of('docker', stuck.verdicts)?.loads, false);
});

test('a path that Docker and podman can unpack, but not find again by its whole name, is refused', async () => {
  const path = `${'n'.repeat(203)}/`.repeat(20); // 4,080 bytes
  const deep = { name: 'deep', pax: { path: `${path}x` } };
  const [onTop, alone] = [await imageOf([deep], [{ name: 'a' }]), await imageOf([{ name: 'a' }], [deep])];
  for (const client of ['docker', 'podman']) {
    assert.equal(of(client, onTop.verdicts)?.loads, false, client);
    assert.match(of(client, alone.verdicts)?.why ?? '', /too long/);
  }
  const shorter = await imageOf([{ name: 'deep', pax: { path: path.slice(0, 3995) } }], [{ name: 'a' }]);
  assert.equal(of('docker', shorter.verdicts)?.loads, true);
});

test('a path or a target of many thousand parts is judged at once', async () => {
  const deep = 'a/'.repeat(225_000);
  const hostile: Entry[][] = [
    [longName('L', `${deep}f`), { name: 'x' }],
    [longName('K', `${deep}f`), { name: 'x', type: '1' }],
    [longName('K', `${'./'.repeat(500_000)}etc`), { name: 's', type: '2' }, { name: 's/x' }],
    Array.from({ length: 150 }, (_, i) => [longName('L', `${i}${'/a'.repeat(2040)}`), { name: 'x' }]).flat(),
    [link('l', 'l/l/l/l/l/l'), ...Array.from({ length: 800 }, (_, i) => ({ name: `l/${i}` }))],
  ];
  for (const entries of hostile) {
    const seconds = cpuSeconds();
    await codesOf(...entries);
    const took = seconds();
    assert.ok(took < 1, `${entries[0]?.name}: ${took} s`);
  }
});

test('what is shown of a long name is its beginning and its end', () => {
  assert.equal(printable('n'.repeat(512)).length, 512);
  assert.equal(printable(`${'a'.repeat(9000)}end`), `${'a'.repeat(256)}…${'a'.repeat(61)}end`);
  const umlauts = Buffer.from('ä'.repeat(5000)).toString('latin1');
  assert.match(printable(`x${umlauts}`), /^xä+…ä+$/);
});
