import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeepBudget } from '../../../core/layer/kept-members.ts';
import { LayerRules } from '../../../core/layer/layer-rules.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Member } from '../../../core/tar/member.ts';
import { cleanPath } from '../../../core/tar/paths.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, type Entry, exportEntries, longName } from '../../support/tar-builder.ts';

/** The findings about a container export with the given members added. */
async function findingsWith(...entries: Entry[]) {
  const { findings } = await inspectBytes(archive([...exportEntries(), ...entries]));
  return findings.map(({ code, severity, member, count }) => ({ code, severity, member, ...(count ? { count } : {}) }));
}

test('a sound export has no findings', async () => {
  assert.deepEqual(await findingsWith({ name: 'etc/link', type: '1', linkname: 'etc/hosts' }), []);
});

test('a path that occurs twice is an error, however it is spelt; further ones are counted', async () => {
  assert.deepEqual(await findingsWith({ name: './etc//hosts' }, { name: '/bin/sh' }), [
    { code: 'duplicate-path', severity: 'error', member: './etc//hosts', count: 2 },
  ]);
  assert.deepEqual(
    (await findingsWith({ name: 'etc/', type: '5' }))[0]?.code,
    'duplicate-path',
    'a repeated directory too',
  );
});

test('the root directory may be given', async () => {
  assert.deepEqual(await findingsWith({ name: './', type: '5' }, { name: '/', type: '5' }), []);
});

test('paths with `..` are an error, names that only contain dots are not', async () => {
  assert.deepEqual((await findingsWith({ name: 'etc/../../passwd' }))[0]?.code, 'path-escapes');
  assert.deepEqual(await findingsWith({ name: 'etc/..data' }, { name: 'etc/a..b' }), []);
});

test('each member type that engines refuse is an error', async () => {
  for (const type of ['S', '7', 'V', 'M', 'D', 'X', 'Z']) {
    const magic = type === 'S' ? 'gnu' : 'posix'; // with a POSIX magic, S is not a sparse file
    assert.deepEqual(await findingsWith({ name: 'etc/odd', type, magic }), [
      { code: 'odd-member-type', severity: 'error', member: 'etc/odd' },
    ]);
  }
});

test('device nodes, FIFOs and symlinks that leave the root are allowed; a 0:0 device is remarked', async () => {
  const allowed: Entry[] = [
    { name: 'dev/null', type: '3', devmajor: 1, devminor: 3 },
    { name: 'dev/sda', type: '4', devmajor: 8 },
    { name: 'etc/pipe', type: '6' },
    { name: 'etc/out', type: '2', linkname: '/../../etc' },
  ];
  assert.deepEqual(await findingsWith(...allowed), []);
  assert.equal((await findingsWith({ name: 'etc/gone', type: '3' }))[0]?.code, 'overlay-device');
});

test('a hard link must follow its target, and the target must be in the archive', async () => {
  const dangling = { code: 'hard-link-dangling', severity: 'error', member: 'etc/link' };
  assert.deepEqual(await findingsWith({ name: 'etc/link', type: '1', linkname: 'etc/none' }), [dangling]);
  const early: Entry[] = [{ name: 'etc/link', type: '1', linkname: 'etc/later' }, { name: 'etc/later' }];
  assert.deepEqual(await findingsWith(...early), [dangling]);
  assert.deepEqual(await findingsWith({ name: 'etc/link', type: '1', linkname: '../etc/hosts' }), [dangling]);
});

test('a hard link or a member behind a symlinked directory is left to the engine', async () => {
  const entries: Entry[] = [
    { name: 'sbin', type: '2', linkname: 'bin' },
    { name: 'sbin/sh2', type: '1', linkname: 'sbin/sh' },
  ];
  assert.deepEqual(await findingsWith(...entries), []);
});

test('a member below a file is an error, a missing directory a warning', async () => {
  assert.equal((await findingsWith({ name: 'etc/hosts/x' }))[0]?.code, 'parent-not-a-directory');
  assert.deepEqual(await findingsWith({ name: 'opt/app/run' }, { name: 'opt/app/log' }), [
    { code: 'parent-missing', severity: 'warning', member: 'opt/app/run', count: 2 },
  ]);
});

test('a directory is no longer missing once a symlink stands above it', async () => {
  const run = { name: 'opt/app/run' };
  assert.deepEqual(await findingsWith(run, { name: 'opt', type: '2', linkname: 'sys' }, { name: 'opt/app/log' }), [
    { code: 'parent-missing', severity: 'warning', member: 'opt/app/run' },
  ]);
});

test('a whiteout mark that would delete a file of the same archive is an error, another one a warning', async () => {
  assert.deepEqual(await findingsWith({ name: 'etc/.wh.hosts' }), [
    { code: 'whiteout-deletes', severity: 'error', member: 'etc/.wh.hosts' },
  ]);
  assert.equal((await findingsWith({ name: 'etc/.wh.' }))[0]?.code, 'whiteout-deletes');
  assert.equal((await findingsWith({ name: 'etc/.wh.never' }))[0]?.code, 'whiteout-name');
  assert.equal((await findingsWith({ name: 'etc/.wh..wh..opq' }))[0]?.code, 'whiteout-name');
});

test('paths longer than Linux can hold are an error', async () => {
  const component = { name: 'x', pax: { path: `etc/${'n'.repeat(256)}` } };
  assert.equal((await findingsWith(component))[0]?.code, 'path-too-long');
  const deep = { name: 'x', pax: { path: `etc/${'d/'.repeat(2100)}f` } };
  assert.ok((await findingsWith(deep)).some((each) => each.code === 'path-too-long'));
  assert.deepEqual(await findingsWith({ name: 'x', pax: { path: `etc/${'n'.repeat(255)}` } }), []);
});

test('an owner beyond 2^21 is remarked', async () => {
  assert.equal((await findingsWith({ name: 'etc/x', uid: 2 ** 31, base256: true }))[0]?.code, 'large-id');
  assert.deepEqual(await findingsWith({ name: 'etc/x', uid: 65534 }), []);
});

test('names are bytes: two names that differ only in invalid UTF-8 are two, and are shown escaped', async () => {
  assert.deepEqual(await findingsWith({ name: 'etc/\xff' }, { name: 'etc/\xfe' }), []);
  const [twice] = await findingsWith({ name: 'etc/\xff\n' }, { name: 'etc/\xff\n' });
  assert.equal(twice?.member, 'etc/\\xff\\x0a');
});

test('a file in a row of calm ones is judged by every rule', async () => {
  const calm: Entry[] = [{ name: 'etc/a' }, { name: 'etc/b' }, { name: 'etc/c' }];
  const odd: [Entry, string][] = [
    [{ name: 'etc/b' }, 'duplicate-path'],
    [{ name: 'etc/b/c' }, 'parent-not-a-directory'],
    [{ name: 'etc/..' }, 'path-escapes'],
    [{ name: 'etc/.wh.b' }, 'whiteout-deletes'],
    [{ name: 'long', pax: { path: `etc/${'n'.repeat(256)}` } }, 'path-too-long'],
    [{ name: 'etc/d', uid: 2 ** 21 }, 'large-id'],
    [{ name: 'etc/d', gid: 2 ** 21 }, 'large-id'],
    [{ name: 'etc/d', pax: { 'SCHILY.xattr.com.apple.quarantine': 'x' } }, 'macos-attributes'],
    [{ name: 'etc/none/d' }, 'parent-missing'],
  ];
  for (const [entry, code] of odd) {
    const found = await findingsWith(...calm, entry, { name: 'etc/z' });
    assert.deepEqual(
      found.map((each) => each.code),
      [code],
      entry.name,
    );
  }
  const upward: Entry[] = ['a', 'b', 'c'].map((name) => ({ name: `etc/../etc/${name}` }));
  upward.unshift(...['etc/..', 'etc/../etc'].map((name): Entry => ({ name: `${name}/`, type: '5' })));
  assert.equal((await findingsWith(...upward)).find(({ code }) => code === 'path-escapes')?.count, 5);
});

/** The member that these entries of a tar archive are, together with their headers for long names. */
function memberOf(...entries: Entry[]): Member {
  const seen: Member[] = [];
  new TarScanner({ member: (member) => (seen.push(member), 0), body() {} }).push(archive(entries));
  return seen[0]!;
}

test('too many bytes of long names or link targets are refused, for all layers together', () => {
  const steps = 'a/'.repeat(2000);
  const long = [
    memberOf(longName('L', `${steps}f`), { name: 'f' }),
    memberOf(longName('K', `${steps}f`), { name: 'f', type: '1' }),
    memberOf(longName('L', `${'./'.repeat(2000)}f`), { name: 'f' }),
  ];
  for (const member of long) {
    const budget = new KeepBudget();
    const check = (layer: LayerRules, bytes: number): void => {
      for (let left = bytes; left > 0; left -= 4001) layer.check(member, cleanPath(member.name));
    };
    const seconds = cpuSeconds();
    check(new LayerRules('layer', budget), LIMITS.longNameBytes * 0.6);
    assert.throws(() => check(new LayerRules('layer', budget), LIMITS.longNameBytes * 0.6), /more than 255 bytes/);
    const took = seconds();
    assert.ok(took < 3, `${took} s`);
  }
  const short = memberOf({ name: 'a/'.repeat(49) });
  const layer = new LayerRules('layer');
  for (let i = 0; i < LIMITS.longNameBytes / 90; i++) layer.check(short, cleanPath(short.name));
});

test('a name that is too long is told as such only, however it would be shortened', async () => {
  const padded = (end: string) => [longName('L', `${'./'.repeat(3000)}${end}`), { name: 'f' }];
  const found = await findingsWith(...padded('a'), ...padded('b'));
  assert.deepEqual(
    found.map(({ code, count }) => [code, count]),
    [['path-too-long', 2]],
  );
});
