import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { columnsOf } from '../../cli/print/text.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { nextLines } from '../../core/page/next-steps.ts';
import { dockerArchive, type ImageSpec, ociArchive } from '../support/image-builder.ts';
import { archive } from '../support/tar-builder.ts';
import { exported, folder, run } from './kit.ts';

const UTF8 = { LANG: 'en_GB.UTF-8' };
const big = archive([{ name: 'bin/sh', body: 'x'.repeat(60_000) }]);
const small = archive([{ name: 'app', body: 'app' }]);
const STEP = `/bin/sh -c apt-get update &&  apt-get install -y ${'package '.repeat(30)} # buildkit`;
const web: ImageSpec = {
  names: ['web:1'],
  layers: [big, small],
  history: [
    { created_by: '/bin/sh -c #(nop) ADD file:1 in / ' },
    { created_by: 'ENV A=1', empty_layer: true },
    { created_by: STEP },
  ],
};
const db: ImageSpec = { names: ['db:1'], layers: [small] };

async function given(t: TestContext, bytes: Uint8Array): Promise<string> {
  const file = join(await folder(t), 'saved.tar');
  await writeFile(file, bytes);
  return file;
}

test('the layers are a table: number, size, bar, short digest, and what made them', async (t) => {
  const file = await given(t, dockerArchive([web]));
  const { stdout } = await run(['inspect', file], { env: UTF8 });
  const [first, second] = [/^ +1 .*$/m, /^ +2 .*$/m].map((line) => line.exec(stdout)?.[0] ?? '');
  assert.match(first ?? '', /^ +1 +62\.0 kB {2}█{16} {2}[0-9a-f]{12} {2}ADD file:1 in \/$/);
  assert.match(
    second ?? '',
    /^ +2 +2\.0 kB {2}[▏▎▍▌▋▊▉█]+ +[0-9a-f]{12} {2}RUN apt-get update && apt-get install .*…$/,
  );
  assert.ok([first, second].every((line) => columnsOf(line ?? '') <= 100));
});

test('on a terminal that does not show UTF-8, bars and ellipses are ASCII', async (t) => {
  const file = await given(t, ociArchive([web]));
  for (const env of [{}, { LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, { LANG: 'de_DE.ISO-8859-1' }]) {
    const { stdout } = await run(['inspect', file], { env });
    assert.match(stdout, / #{16} /);
    assert.match(stdout, /open \.\.\.\/blobs\/json/);
    assert.doesNotMatch(stdout, /[^\n\x20-\x7e]/);
  }
});

test('on a terminal no line is wider than the terminal', async (t) => {
  const file = await given(t, ociArchive([{ ...web, platform: false }]));
  const digest = 16 + 'sha256:'.length + 64;
  for (const columns of [60, 80, 120]) {
    for (const language of ['en', 'zh']) {
      const { stdout } = await run(['inspect', file, '--lang', language], {
        env: { ...UTF8, NO_COLOR: '1' },
        stdoutIsTTY: true,
        columns,
      });
      const [body = ''] = stdout.split(/^(?:Next|下一步)$/m);
      for (const line of body
        .split('\n')
        .slice(1)
        .filter((each) => !each.includes('sha256:')))
        assert.ok(columnsOf(line) <= columns, `${columnsOf(line)} > ${columns}: ${line}`);
      assert.ok(
        stdout.split('\n').some((line) => columnsOf(line) === digest),
        'digests are never cut',
      );
    }
  }
});

test('the page says which clients load it, which do not, and why', async (t) => {
  const whole = { ...web, names: ['docker.io/library/web:1'] };
  const { stdout } = await run(['inspect', await given(t, ociArchive([whole]))], { env: UTF8 });
  assert.match(stdout, /^ {2}loads in +Docker \(containerd store\), podman, containerd, skopeo oci-archive$/m);
  assert.match(stdout, /^ {2}not in +Docker: .*open …\/blobs\/json/m);
  const sound = await run(['convert', await given(t, ociArchive([web])), '-o', join(await folder(t), 'i.tar')]);
  assert.equal(sound.code, 0);
  const exportPage = await run(['inspect', '-'], { stdin: [await exported()] });
  assert.match(exportPage.stdout, /^ {2}loads in +no client as it is$/m);
});

test('the command to type next loads an archive that loads, and mends one that can be mended', async (t) => {
  const lines = async (bytes: Uint8Array) => {
    const file = await given(t, bytes);
    const { stdout } = await run(['inspect', file]);
    return (stdout.split('Next\n')[1] ?? '')
      .replaceAll(file, 'FILE')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  };
  assert.deepEqual(await lines(dockerArchive([web])), [
    'docker load -i FILE',
    'lading convert FILE -o image.tar  # loads in every client',
  ]);
  assert.deepEqual(await lines(ociArchive([web])), ['lading convert FILE -o image.tar']);
  assert.deepEqual(await lines(dockerArchive([{ ...web, names: ['Bad Name'] }])), ['lading convert FILE -o image.tar']);
  assert.deepEqual(await lines(dockerArchive([{ ...web, names: [] }])), [
    'docker load -i FILE',
    'lading convert FILE --name saved:1.0 -o image.tar  # loads in every client',
  ]);
  assert.deepEqual(await lines(dockerArchive([{ ...web, diffIDs: [] }])), []);
});

test('the command to type next takes no name of an archive for a flag', () => {
  const source = { bucket: null, key: '-x.tar' };
  const manifest = { source, archive: { kind: 'rootfs/generic' }, findings: [] } as unknown as ArchiveManifest;
  assert.match(nextLines(manifest)[0] ?? '', /^lading convert \.\/-x\.tar /);
});

test('the page of a conversion lists what was corrected, without advice', async (t) => {
  const place = await folder(t);
  const image = join(place, 'image.tar');
  const { code, stdout } = await run(['convert', await given(t, gzipSync(ociArchive([web, db]))), '-o', image]);
  assert.equal(code, 0);
  assert.match(stdout, /^put right: This is an OCI layout without a `manifest\.json`.*\n(?! )/m);
  assert.match(stdout, /^put right: .*compressed with gzip/m);
  assert.doesNotMatch(stdout, /^(?:error|warning):/m);
  assert.match(stdout, /^Image 1 of 2\n {2}name +docker\.io\/library\/web:1\n/m);
  assert.match(stdout, /^Image 2 of 2\n {2}name +docker\.io\/library\/db:1\n/m);
  const mended = await run(['inspect', image], { env: UTF8 });
  // umoci cannot load two images of one tag.
  assert.match(mended.stdout, /^ {2}loads in +Docker, .*containerd$/m);
  assert.match(mended.stdout, new RegExp(`^Next\n  docker load -i ${image}\n$`, 'm'));
});

test('the page is in Chinese when that is asked for or is the language of the environment', async (t) => {
  const file = await given(t, ociArchive([web]));
  const chinese = async (flags: string[], env: Record<string, string>) =>
    /镜像归档/.test((await run(['inspect', file, ...flags], { env })).stdout);
  assert.equal(await chinese(['--lang', 'zh'], {}), true);
  assert.equal(await chinese([], { LANG: 'zh_CN.UTF-8' }), true);
  assert.equal(await chinese([], { LC_ALL: 'zh_TW.UTF-8', LANG: 'en_GB.UTF-8' }), true);
  assert.equal(await chinese([], { LC_MESSAGES: 'de_DE.UTF-8', LANG: 'zh_CN.UTF-8' }), false);
  assert.equal(await chinese(['--lang', 'en'], { LANG: 'zh_CN.UTF-8' }), false);
  const { stdout } = await run(['inspect', file, '--lang', 'zh']);
  assert.match(stdout, /^警告: [^\n]*\n {2}[^\n]*转换/m);
  const refused = await run(['convert', file, '-t', 'a:1', '--image', 'no', '--lang', 'zh']);
  assert.match(refused.stderr, /无法转换.*\n[^]*错误: /);
  const plan = await run(['plan', '-', '-t', 'a', '--lang', 'zh'], { stdin: [Buffer.from('hello')] });
  assert.match(plan.stderr, /错误: /);
  assert.equal((await run(['inspect', file, '--lang', 'fr'])).code, 2);
});

test('errors about a command, an option or a file are in Chinese too', async (t) => {
  const file = await given(t, ociArchive([web]));
  const cases: [string[], RegExp][] = [
    [['inspect', '/nowhere/a.tar'], /^无法读取 \/nowhere\/a\.tar：没有这个文件。\n$/],
    [['inspect'], /^lading inspect 需要一个文件。\n请输入：/],
    [['convert', file, '-o', '/nowhere/a.tar'], /^无法写入 \/nowhere\/a\.tar：没有这个文件夹。\n$/],
    [['convert', file, '-t', 'Web', '-o', 'x'], /^不能使用镜像名称 "Web"：.*大写字母 "W"。\n例如写成 web。\n$/],
    [['convert', file, '-c', 'RUN x', '-o', 'x'], /^无法应用改动 `RUN x`：RUN 不是改动可用的指令。\n/],
  ];
  for (const [words, sentence] of cases) {
    assert.match((await run([...words, '--lang', 'zh'])).stderr, sentence);
    assert.match((await run(words, { env: { LANG: 'zh_CN.UTF-8' } })).stderr, sentence);
    assert.doesNotMatch((await run(words)).stderr, /\p{Script=Han}/u);
  }
  const { stdout } = await run(['inspect', file, '--lang', 'zh']);
  assert.match(stdout, /^ *依据 +有 `oci-layout`，/m);
});
