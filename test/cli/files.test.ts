import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dockerArchive } from '../support/image-builder.ts';
import { indexArchive } from '../support/index-builder.ts';
import { archive, type Entry, exportEntries } from '../support/tar-builder.ts';
import { exported, folder, run } from './kit.ts';

const ENTRIES: Entry[] = [
  { name: 'dev/', type: '5' },
  { name: 'dev/null', type: '3', devmajor: 1, devminor: 3, mode: 0o666 },
  { name: 'etc/', type: '5', mode: 0o1777 },
  { name: 'etc/motd', body: 'welcome\n', uid: 1000, gid: 50, mode: 0o640 },
  { name: 'etc/also', type: '1', linkname: 'etc/motd' },
  { name: 'etc/link', type: '2', linkname: 'motd', mode: 0o777 },
  { name: 'etc/mtab', type: '2', linkname: '/proc/mounts', mode: 0o777 },
  { name: 'su', body: 'x\u0000\u001b[31m', mode: 0o4755 },
];
const web = { names: ['web:1'], layers: [archive(ENTRIES), gzipSync(archive([{ name: 'etc/.wh.also' }]))] };
const db = { names: ['db:1'], layers: [archive([{ name: 'data' }])] };

async function given(t: TestContext, bytes: Uint8Array): Promise<string> {
  const file = join(await folder(t), 'archive.tar');
  await writeFile(file, bytes);
  return file;
}

test('the list has a line for each file, in the format of tar, in the order of the names', async (t) => {
  const { code, stdout, stderr } = await run(['files', await given(t, archive(ENTRIES))]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(stdout.split('\n'), [
    'drwxr-xr-x 0/0       0 2023-11-14 22:13 dev/',
    'crw-rw-rw- 0/0     1,3 2023-11-14 22:13 dev/null',
    'drwxrwxrwt 0/0       0 2023-11-14 22:13 etc/',
    'hrw-r----- 1000/50   8 2023-11-14 22:13 etc/also link to etc/motd',
    'lrwxrwxrwx 0/0       0 2023-11-14 22:13 etc/link -> motd',
    '-rw-r----- 1000/50   8 2023-11-14 22:13 etc/motd',
    'lrwxrwxrwx 0/0       0 2023-11-14 22:13 etc/mtab -> /proc/mounts',
    '-rwsr-xr-x 0/0       7 2023-11-14 22:13 su',
    '',
  ]);
});

test('the layers of an image are one file system, and the path of a directory lists what is below it', async (t) => {
  const file = await given(t, dockerArchive([web]));
  const { code, stdout } = await run(['files', file, '/etc/']);
  assert.equal(code, 0);
  assert.deepEqual(
    [...stdout.matchAll(/22:13 (\S+)/g)].map(([, path]) => path),
    ['etc/link', 'etc/motd', 'etc/mtab'],
  );
});

test('the path of a file prints its content byte for byte, also through a link and from a pipe', async (t) => {
  const bytes = dockerArchive([web]);
  const file = await given(t, bytes);
  assert.equal((await run(['files', file, 'etc/motd'])).stdout, 'welcome\n');
  assert.equal((await run(['files', file, 'etc/link'])).stdout, 'welcome\n');
  assert.equal((await run(['files', '-', './su'], { stdin: [bytes] })).stdout, 'x\u0000\u001b[31m');
  const plain = await given(t, gzipSync(archive(ENTRIES)));
  assert.equal((await run(['files', plain, 'etc/also'])).stdout, 'welcome\n');
});

test('content that is not text is not printed to a terminal', async (t) => {
  const file = await given(t, archive(ENTRIES));
  const { code, stdout, stderr } = await run(['files', file, 'su'], { stdoutIsTTY: true });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /no text.*\n.*> FILE/);
  assert.equal((await run(['files', file, 'etc/motd'], { stdoutIsTTY: true })).stdout, 'welcome\n');
});

test('a path that does not exist gives exit code 1, and the message says where a link leads', async (t) => {
  const file = await given(t, archive(ENTRIES));
  const cases = {
    'etc/none': 'Cannot show etc/none: it is not in the archive.',
    'no/such/file': 'Cannot show no/such/file: it is not in the archive.',
    'etc/mtab': 'Cannot show etc/mtab: it leads to proc/mounts, which is not in the archive.',
    'dev/null': 'Cannot print dev/null: it is a character device.',
  };
  for (const [path, sentence] of Object.entries(cases)) {
    const { code, stdout, stderr } = await run(['files', file, path]);
    assert.deepEqual([code, stdout, stderr], [1, '', `${sentence}\n`]);
  }
});

test('an image for several platforms shows linux/amd64 or the platform asked for, and says which one', async (t) => {
  const on = (architecture: string) => ({ architecture, layers: [archive([{ name: 'arch', body: architecture }])] });
  const entry = { names: ['docker.io/library/mp:1'], platforms: [on('arm64'), on('amd64')] };
  const file = await given(t, indexArchive([entry], { docker: true }));
  for (const image of [[], ['--image', 'mp:1'], ['--image', 'docker.io/library/mp:1']]) {
    const { stdout, stderr } = await run(['files', file, 'arch', ...image]);
    assert.equal(stdout, 'amd64');
    assert.match(
      stderr,
      /^This is the image for linux\/amd64; .* linux\/arm64, linux\/amd64\. Choose with --platform\.\n$/,
    );
  }
  assert.match((await run(['files', file, 'arch', '--lang', 'zh'])).stderr, /这是 linux\/amd64 的镜像/);
  assert.equal((await run(['files', file, 'arch', '--quiet'])).stderr, '');
  for (const choice of [
    ['--platform', 'arm64'],
    ['--image', '1'],
  ]) {
    const { stdout, stderr } = await run(['files', file, 'arch', ...choice]);
    assert.deepEqual([stdout, stderr], ['arm64', '']);
  }
  const absent = await run(['files', file, '--platform', 's390x']);
  assert.deepEqual([absent.code, /no image for linux\/s390x/.test(absent.stderr)], [2, true]);
  assert.equal((await run(['files', file, '--platform', 'a/b/c/d'])).code, 2);
});

test('one of several images is chosen by name or number', async (t) => {
  const file = await given(t, dockerArchive([web, db]));
  for (const image of ['db:1', '2', 'docker.io/library/db:1'])
    assert.match((await run(['files', file, '--image', image])).stdout, / data\n$/);
  const undecided = await run(['files', file]);
  assert.equal(undecided.code, 2);
  assert.match(undecided.stderr, /2 images: 1: web:1 \(linux\/amd64\); 2: db:1.*\n.*--image/);
  assert.equal((await run(['files', file, '--image', 'cache'])).code, 2);
});

test('input that is damaged or is not an archive gives exit code 3 with the finding', async (t) => {
  const short = await run(['files', await given(t, (await exported(5000)).subarray(0, 5000))]);
  assert.deepEqual([short.code, short.stdout], [3, '']);
  assert.match(short.stderr, /^error: The archive ends inside/);
  const missing = await run(['files', '/nowhere/at/all.tar']);
  assert.equal(missing.code, 4);
});

test('the name of a member cannot control the terminal', async (t) => {
  const file = await given(t, archive([{ name: 'evil\u001b[31m' }, { name: 'l', type: '2', linkname: 'x\u0007' }]));
  const { stdout } = await run(['files', file]);
  assert.match(stdout, /evil\\x1b\[31m\n.*l -> x\\x07\n$/);
});

test('names are bytes: a name that is not UTF-8 is listed, and a name in UTF-8 is found', async (t) => {
  const name = Buffer.from('größe').toString('latin1');
  const file = await given(t, archive([{ name, body: 'found' }, { name: 'caf\u00e9' }]));
  assert.match((await run(['files', file])).stdout, / caf\\xe9\n.* größe\n$/);
  assert.equal((await run(['files', file, 'größe'])).stdout, 'found');
});

test('what cannot be shown is said in Chinese, too', async (t) => {
  const entries = [...exportEntries(), { name: 'loop', type: '2', linkname: 'loop' }, { name: 'dev/null', type: '3' }];
  const file = await given(t, archive(entries));
  for (const path of ['none', 'loop', 'etc/mtab', 'dev/null']) {
    const { code, stderr } = await run(['files', file, path, '--lang', 'zh']);
    assert.equal(code, 1);
    assert.match(stderr, /^无法显示 /);
    assert.doesNotMatch(stderr, /Cannot|its|which/);
  }
});
