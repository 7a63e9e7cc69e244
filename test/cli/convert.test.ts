import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { plainTools } from '../support/tools.ts';
import { collected, DOCKER_EXPORT, exported, folder, run, tarOf } from './kit.ts';

async function given(t: TestContext, bytes?: Uint8Array) {
  const path = await folder(t);
  const [file, image] = [join(path, 'app.tar'), join(path, 'image.tar')];
  await writeFile(file, bytes ?? (await exported()));
  return { path, file, image };
}

async function membersOf(image: Uint8Array): Promise<Map<string, Buffer>> {
  const members = new Map<string, Buffer>();
  const reader = extract();
  reader.end(image);
  for await (const entry of reader) members.set(entry.header.name, await collected(entry));
  return members;
}

test('a file, a pipe, a file to standard output and a pipe to a file give the same bytes', async (t) => {
  const { file, image } = await given(t, await exported(3_000_000));
  const archive = await readFile(file);
  assert.equal((await run(['convert', file, '-t', 'app:1', '-o', image])).code, 0);
  const wanted = await readFile(image);
  const piped = await run(['convert', '-', '-t', 'app:1'], {
    stdin: [archive.subarray(0, 1_500_000), archive.subarray(1_500_000)],
  });
  assert.ok(piped.bytes.equals(wanted));
  assert.ok((await run(['convert', file, '-t', 'app:1', '-o', '-'])).bytes.equals(wanted));
  await run(['convert', '-', '-t', 'app:1', '-o', image], { stdin: [archive] });
  assert.ok((await readFile(image)).equals(wanted));
});

test('a pipe into a file gives the bytes that a file gives, whatever it holds, and no second copy of an export is kept', async (t) => {
  const archive = await exported(3_000_000);
  const { path, file, image } = await given(t, archive);
  await run(['convert', file, '-t', 'old:1', '-o', image]);
  const saved = await readFile(image);
  const nowhere = { TMPDIR: '/nowhere/at/all' };
  const cases: [Uint8Array, Record<string, string>, ...string[]][] = [
    [archive, nowhere],
    [gzipSync(archive), nowhere],
    // This begins like a layer but is an image archive.
    [gzipSync(saved), nowhere],
    [zstdCompressSync(archive), {}],
    [saved, {}],
    [archive, {}, '--compress', 'gzip'],
    [archive, {}, '--compress', 'zstd'],
    [gzipSync(archive), {}, '--compress', 'zstd'],
    [gzipSync(archive), {}, '--compress', 'none'],
  ];
  for (const [bytes, env, ...flags] of cases) {
    await writeFile(file, bytes);
    assert.equal((await run(['convert', file, '-t', 'app:1', '-o', image, ...flags])).code, 0);
    const wanted = await readFile(image);
    const halves = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)];
    const { code, stderr } = await run(['convert', '-', '-t', 'app:1', '-o', image, ...flags], { stdin: halves, env });
    assert.equal(code, 0, stderr);
    assert.ok((await readFile(image)).equals(wanted));
    assert.deepEqual(await readdir(path), ['app.tar', 'image.tar']);
  }
});

test('the layer is the upload byte for byte, under the name that was asked for', async (t) => {
  for (const archive of [await exported(), gzipSync(await exported())]) {
    const { file } = await given(t, archive);
    const members = await membersOf((await run(['convert', file, '-t', 'ghcr.io/team/app:1.2', '-t', 'other'])).bytes);
    const [entry] = JSON.parse(String(members.get('manifest.json'))) as { RepoTags: string[]; Layers: string[] }[];
    assert.deepEqual(entry?.RepoTags, ['ghcr.io/team/app:1.2', 'docker.io/library/other:latest']);
    assert.ok(members.get(entry?.Layers[0] ?? '')?.equals(archive));
  }
});

for (const compress of ['gzip', 'zstd'])
  test(`--compress ${compress} gives the bytes that the functions give, from a file and from a pipe`, async (t) => {
    const archive = await exported(5_000_000);
    const { file } = await given(t, archive);
    const store = new MemoryStore();
    const deps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0.0.0' };
    const outcome = await inspectUpload(store.upload('a.tar', archive, { name: 'app:1', compress }), deps);
    assert.equal(outcome.kind, 'handed-on');
    await convertUpload('a.tar/inspection.json', deps);
    const wanted = store.results.get('a.tar/image.tar') ?? new Uint8Array();
    assert.ok(wanted.length > 0 && wanted.length < archive.length / 10);
    const words = ['-t', 'app:1', '--compress', compress];
    assert.ok((await run(['convert', file, ...words])).bytes.equals(wanted));
    assert.ok((await run(['convert', '-', ...words], { stdin: [archive] })).bytes.equals(wanted));
    assert.match((await run(['plan', file, ...words])).stdout, new RegExp(`of what .* holds, as ${compress}$`, 'm'));
  });

test('--compress zstd and --compress none change what came as gzip: the layer is zstd, or the expanded upload', async (t) => {
  const archive = await exported();
  const { file } = await given(t, gzipSync(archive));
  const layerOf = async (compress: string): Promise<Buffer> => {
    const members = await membersOf((await run(['convert', file, '-t', 'app:1', '--compress', compress])).bytes);
    const [entry] = JSON.parse(String(members.get('manifest.json'))) as { Layers: string[] }[];
    return members.get(entry?.Layers[0] ?? '') ?? Buffer.alloc(0);
  };
  assert.ok((await layerOf('none')).equals(archive));
  assert.ok(zstdDecompressSync(await layerOf('zstd')).equals(archive));
});

test('with -o the summary and the command to type go to standard output; without it standard output is only the image', async (t) => {
  const { file, image } = await given(t);
  const toFile = await run(['convert', file, '-t', 'app:1', '-o', image]);
  assert.equal(toFile.stderr, '');
  assert.match(toFile.stdout, /docker\.io\/library\/app:1/);
  assert.match(toFile.stdout, new RegExp(`^  docker load -i ${image}$`, 'm'));
  const toPipe = await run(['convert', file, '-t', 'app:1']);
  assert.ok(toPipe.bytes.equals(await readFile(image)));
  assert.match(toPipe.stderr, /docker\.io\/library\/app:1/);
  assert.equal((await run(['convert', file, '-t', 'app:1', '-q'])).stderr, '');
});

test('--json and --manifest give the same archive manifest', async (t) => {
  const { path, file, image } = await given(t);
  const { stdout } = await run([
    'convert',
    file,
    '-t',
    'app:1',
    '-o',
    image,
    '--json',
    '--manifest',
    join(path, 'm.json'),
  ]);
  assert.equal(stdout, await readFile(join(path, 'm.json'), 'utf8'));
  const manifest = JSON.parse(stdout) as ArchiveManifest;
  assertManifest(manifest);
  assert.equal(manifest.outcome, 'converted');
  assert.deepEqual([manifest.source.key, manifest.result?.key], [file, image]);
  assert.equal(manifest.result?.size, (await readFile(image)).length);
});

test('an export is read once on its way into a file, whatever its compression and options; an image archive is read twice', async (t) => {
  const archive = await exported(3_000_000);
  const { file, image } = await given(t);
  const words = ['-t', 'app:1', '-t', 'ghcr.io/team/app:2', '-c', 'CMD ["app"]', '-m', 'note', '-o', image, '--json'];
  const reads = async (bytes: Uint8Array, ...flags: string[]) => {
    await writeFile(file, bytes);
    const all = [...words, ...flags];
    const [fromFile = 0, fromPipe] = await Promise.all(
      [run(['convert', file, ...all]), run(['convert', '-', ...all], { stdin: [bytes] })].map(async (ran) => {
        const { cost } = JSON.parse((await ran).stdout) as ArchiveManifest;
        return cost.bytesRead / bytes.length;
      }),
    );
    assert.equal(fromPipe, fromFile);
    return fromFile;
  };
  for (const bytes of [archive, gzipSync(archive), zstdCompressSync(archive)]) {
    assert.equal(await reads(bytes), 1);
    for (const form of ['gzip', 'zstd', 'none']) assert.equal(await reads(bytes, '--compress', form), 1);
  }
  assert.equal(await reads(await readFile(image)), 2);
});

test('the config comes from --inspect, and --change is applied on top', async (t) => {
  const { path, file } = await given(t);
  const inspected = [
    { Id: 'a'.repeat(64), Config: { Cmd: ['old'], User: 'web', Env: ['A=1'] }, State: {}, Image: 'sha256:0' },
  ];
  await writeFile(join(path, 'i.json'), JSON.stringify(inspected));
  const words = [
    '-t',
    'a',
    '--inspect',
    join(path, 'i.json'),
    '-c',
    'CMD ["new"]',
    '--platform',
    'linux/arm64',
    '-o',
    join(path, 'x.tar'),
  ];
  const { stdout, stderr } = await run(['convert', file, ...words, '--json']);
  assert.equal(stderr, '');
  const { result } = JSON.parse(stdout) as ArchiveManifest;
  assert.deepEqual([result?.images[0]?.config.Cmd, result?.images[0]?.config.User], [['new'], 'web']);
  assert.deepEqual(result?.images[0]?.platform.architecture, 'arm64');
});

test('without a name option the file name names the image; standard input has no name to use', async (t) => {
  const { path, file } = await given(t);
  await copyFile(file, join(path, 'web.tar'));
  const { stderr } = await run(['convert', join(path, 'web.tar')]);
  assert.match(stderr, /docker\.io\/library\/web:latest/);
  const piped = await run(['convert', '-'], { stdin: [await exported()] });
  assert.equal(piped.code, 2);
  assert.match(piped.stderr, /--name/);
});

test('wrong usage gives exit code 2 before anything is read or written', async (t) => {
  const { path, file, image } = await given(t);
  const cases: [string[], RegExp][] = [
    [['-t', 'Upper Case'], /Upper Case/],
    [['-t', 'a', '-c', 'CMD ["broken'], /CMD/],
    [['-t', 'a', '-c', 'RUN ls'], /RUN/],
    [['-t', 'a', '--platform', 'plan9'], /plan9/],
    [['-t', 'a', '--nonsense'], /nonsense/],
  ];
  for (const [flags, message] of cases) {
    const { code, stderr, stdout } = await run(['convert', file, '-o', image, ...flags]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
  assert.equal((await run(['convert', file, '-t', 'a', '-o', file])).code, 2);
  assert.deepEqual(await readdir(path), ['app.tar']);
});

test('an image is never written to a terminal', async (t) => {
  const { file } = await given(t);
  const { code, stdout, stderr } = await run(['convert', file, '-t', 'a'], { stdoutIsTTY: true });
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /terminal.*\n.*-o FILE/);
});

test('an image is never written to a real terminal either', async (t) => {
  const { file } = await given(t);
  const command = [process.execPath, join(import.meta.dirname, '../../cli/lading.js'), 'convert', file, '-t', 'a'].join(
    ' ',
  );
  const has = (name: string) => {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`]).length > 0;
    } catch {
      return false;
    }
  };
  if (process.platform !== 'linux' || !has('script')) return t.skip('needs script of util-linux');
  const child = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const [shown, code] = await Promise.all([
    child.stdout.toArray(),
    new Promise((resolve) => child.on('close', resolve)),
  ]);
  assert.equal(code, 2);
  assert.match(Buffer.concat(shown as Buffer[]).toString(), /Cannot write an image to a terminal/);
});

test('an archive that cannot be converted gives exit code 3 and a reason, and leaves no file', async (t) => {
  const archive = await exported(5000);
  const saved = await tarOf([{ name: 'manifest.json', text: '[{"Config":"gone.json","Layers":[]}]' }]);
  const cases: Record<string, [Uint8Array, RegExp]> = {
    empty: [Buffer.alloc(0), /empty/],
    text: [Buffer.from('hello\n'), /no tar archive/],
    truncated: [archive.subarray(0, archive.length - 3000), /ends inside var\/data/],
    'a broken image archive': [saved, /names gone\.json, which is not in it/],
    'a duplicate path': [await tarOf([...DOCKER_EXPORT, { name: 'bin/sh' }]), /bin\/sh/],
    'gzip three times': [gzipSync(gzipSync(gzipSync(archive))), /compressed more often than Lading/],
  };
  for (const [name, [bytes, message]] of Object.entries(cases)) {
    const { path, file, image } = await given(t, bytes);
    const { code, stdout, stderr } = await run(['convert', file, '-t', 'a', '-o', image]);
    assert.equal(code, 3, `${name}: ${stderr}`);
    assert.match(stderr, message, name);
    assert.equal(stdout, '', name);
    assert.deepEqual(await readdir(path), ['app.tar'], name);
    assert.deepEqual((await run(['convert', file, '-t', 'a'])).bytes.length, 0, name);
    assert.equal((await run(['convert', '-', '-t', 'a', '-o', image], { stdin: [bytes] })).code, 3, name);
    assert.deepEqual(await readdir(path), ['app.tar'], name);
    const json = await run(['convert', file, '-t', 'a', '-o', image, '--json']);
    const { outcome, result } = JSON.parse(json.stdout) as ArchiveManifest;
    assert.deepEqual([outcome, result], ['refused', null], name);
  }
});

test('an output that cannot be written gives exit code 4 and its name, and the older file stays', async (t) => {
  const { path, file } = await given(t);
  const nowhere = await run(['convert', file, '-t', 'a', '-o', join(path, 'none/image.tar')]);
  assert.deepEqual(
    [nowhere.code, nowhere.stderr],
    [4, `Cannot write ${path}/none/image.tar: there is no such folder.\n`],
  );
  const onFolder = await run(['convert', file, '-t', 'a', '-o', path]);
  assert.deepEqual([onFolder.code, onFolder.stderr], [4, `Cannot write ${path}: it is a folder.\n`]);
});

test('a pipe for which no copy can be kept gives an error that says where and what to do', async () => {
  const TMPDIR = '/nowhere/at/all';
  const { code, stderr } = await run(['convert', '-', '-t', 'a'], { stdin: [await exported()], env: { TMPDIR } });
  assert.equal(code, 4);
  assert.match(stderr, /\/nowhere\/at\/all.*TMPDIR/);
});

test('a file that changes while it is converted gives no image', async (t) => {
  const { path, file, image } = await given(t, await exported(3_000_000));
  let calls = 0;
  // The clock is read a second time only after the inspection, when the progress bar for writing begins.
  const now = () => {
    calls += 1;
    if (calls === 3) void import('node:fs').then((fs) => fs.appendFileSync(file, 'x'));
    return 0;
  };
  const { code, stderr } = await run(['convert', file, '-t', 'a', '-o', image], { now, stderrIsTTY: true });
  assert.equal(code, 4, stderr);
  assert.match(stderr, /changed while it was read/);
  assert.deepEqual(await readdir(path), ['app.tar']);
});

test('an interruption while reading or writing leaves no file and prints nothing', async (t) => {
  const { Interrupted } = await import('../../cli/io.ts');
  const { path, file, image } = await given(t);
  const controller = new AbortController();
  controller.abort(new Interrupted(130));
  const { code, stdout, stderr } = await run(['convert', file, '-t', 'a', '-o', image], { signal: controller.signal });
  assert.deepEqual([code, stdout, stderr], [130, '', '']);
  assert.deepEqual(await readdir(path), ['app.tar']);
});

test('plan shows the parts and writes nothing; the parts in its JSON make up the image', async (t) => {
  const { path, file, image } = await given(t);
  const page = await run(['plan', file, '-t', 'a:1']);
  assert.equal(page.code, 0);
  assert.match(page.stdout, /inline: oci-layout, index\.json, manifest\.json/);
  assert.deepEqual(await readdir(path), ['app.tar']);
  const { stdout } = await run(['plan', file, '-t', 'a:1', '--json']);
  await run(['convert', file, '-t', 'a:1', '-o', image]);
  const plan = JSON.parse(stdout) as {
    size: number;
    parts: { kind: string; base64?: string; start?: number; end?: number }[];
  };
  const archive = await readFile(file);
  const built = plan.parts.map((part) =>
    part.base64 === undefined ? archive.subarray(part.start, part.end) : Buffer.from(part.base64, 'base64'),
  );
  assert.ok(Buffer.concat(built).equals(await readFile(image)));
  assert.equal((await run(['plan', '-', '-t', 'a'], { stdin: [Buffer.from('hello')] })).code, 3);
});
