import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { ended, exported, folder, run, start, tarOf } from '../cli/kit.ts';
import { noticeOf } from '../faults/world.ts';
import { type Deployed, deployed } from './kit.ts';

const MIB = 2 ** 20;

async function file(t: TestContext, bytes: Uint8Array, name = 'app.tar'): Promise<string> {
  const path = join(await folder(t), name);
  await writeFile(path, bytes);
  return path;
}

const names = (json: string): string[] => (JSON.parse(json) as ArchiveManifest).result?.images[0]?.names ?? [];
const isAws = (name: string): boolean => name.startsWith('AWS_');
const stored = ({ world }: Deployed, key: string) => world.standIn.model.get('uploads', key);

test('the fetched image is the one that lading convert makes', async (t) => {
  const service = await deployed(t);
  const archive = await file(t, await exported(1000));
  const output = join(await folder(t), 'image.tar');
  const options = ['-t', 'web:1', '-c', 'CMD ["a b"]', '-m', 'héllo, 世界'];
  const { code, stdout, stderr } = await run(['upload', archive, ...options, '-o', output], { env: service.env });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /became the image .*web:1/);
  assert.ok(stdout.includes(`docker load -i ${output}`), stdout);
  const local = await run(['convert', archive, ...options]);
  assert.ok(local.bytes.equals(await readFile(output)));
  assert.match(Object.values(stored(service, basename(archive)).metadata).join(''), /^[\x20-\x7e]+$/);
});

test('the pieces of a file are uploaded as the file', async (t) => {
  const service = await deployed(t);
  const path = await folder(t);
  const tar = await exported(33 * MIB);
  const pieces = ['aa', 'ab', 'ac'].map((letters) => join(path, `web.tar.${letters}`));
  const borders = [0, 100, 9 * MIB, tar.length];
  for (const [i, piece] of pieces.entries()) await writeFile(piece, tar.subarray(borders[i], borders[i + 1]));
  const { code, bytes, stderr } = await run(['upload', ...pieces, '-o', '-'], { env: service.env });
  assert.equal(code, 0, stderr);
  assert.ok(stored(service, 'web.tar').bytes.equals(tar));
  assert.ok(bytes.equals((await run(['convert', ...pieces])).bytes));
  const missing = await run(['upload', pieces[0] ?? '', pieces[2] ?? ''], { env: service.env });
  assert.deepEqual([missing.code, missing.stderr.includes('web.tar.ab is missing')], [2, true]);
});

test('a pipe of any length is uploaded, and its image goes to a pipe', async (t) => {
  const service = await deployed(t);
  for (const size of [0, 33 * MIB]) {
    const tar = await exported(size);
    const around = { stdin: [tar.subarray(0, 1000), tar.subarray(1000)], env: service.env };
    const { code, bytes, stderr } = await run(['upload', '-', '--key', 'a b/ü.tar', '-t', 'p', '-o', '-'], around);
    assert.equal(code, 0, stderr);
    assert.ok(bytes.equals((await run(['convert', '-', '-t', 'p'], { stdin: [tar] })).bytes));
    assert.ok(stored(service, 'a b/ü.tar').bytes.equals(tar));
  }
});

test('an image is not written to a terminal, and standard input needs a key', async (t) => {
  const { env } = await deployed(t);
  const archive = await file(t, await exported());
  assert.equal((await run(['upload', archive, '-o', '-'], { env, stdoutIsTTY: true })).code, 2);
  assert.equal((await run(['upload', '-'], { env })).code, 2);
});

test('an older result under the key is not taken for the result of this upload', async (t) => {
  const service = await deployed(t);
  const archive = await file(t, await exported(10));
  assert.equal((await run(['upload', archive, '-t', 'old', '--wait'], { env: service.env })).code, 0);
  service.afterMs = 300;
  await writeFile(archive, await exported(20));
  const { stdout } = await run(['upload', archive, '-t', 'new', '--wait', '--json'], { env: service.env });
  assert.deepEqual(names(stdout), ['docker.io/library/new:latest']);
});

test('without versions, the same bytes with other options count as another upload', async (t) => {
  const service = await deployed(t, false);
  const archive = await file(t, await exported(10));
  assert.equal((await run(['upload', archive, '-t', 'old', '--wait'], { env: service.env })).code, 0);
  service.afterMs = 300;
  const { stdout } = await run(['upload', archive, '-t', 'new', '--wait', '--json'], { env: service.env });
  assert.deepEqual(names(stdout), ['docker.io/library/new:latest']);
});

test('a waiting client is told when another upload replaces this one, and when the time is over', async (t) => {
  const service = await deployed(t);
  service.running.inspect = false;
  const archive = await file(t, await exported());
  const late = await run(['upload', archive, '--wait', '--timeout', '0.3'], { env: service.env });
  assert.equal(late.code, 6);
  assert.match(late.stderr, /0\.3 seconds are over/);
  const waiting = run(['upload', archive, '--wait'], { env: service.env });
  service.world.standIn.model.onCreated = () => {
    service.world.standIn.model.onCreated = () => {};
    service.world.upload('app.tar', Buffer.from('another'));
  };
  const { code, stderr } = await waiting;
  assert.equal(code, 4);
  assert.match(stderr, /replaced or deleted meanwhile/);
});

test('a refused upload ends with its findings and exit code 1', async (t) => {
  const service = await deployed(t);
  const archive = await file(t, (await exported(2000)).subarray(0, 6000));
  const page = await run(['upload', archive, '-t', 'web', '--wait', '-o', `${archive}.image`], { env: service.env });
  assert.equal(page.code, 1);
  assert.match(page.stderr, /nothing was written/);
  assert.match(page.stderr, /ends/);
  const json = await run(['upload', archive, '-t', 'web', '--wait', '--json'], { env: service.env });
  assert.equal(json.code, 1);
  assert.equal((JSON.parse(json.stdout) as ArchiveManifest).outcome, 'refused');
  await assert.rejects(readFile(`${archive}.image`));
});

test('options that do not fit into metadata go into the sidecar, and the sidecar of an earlier upload is removed', async (t) => {
  const service = await deployed(t);
  const archive = await file(t, await exported());
  const long = `ENV LONG=${'x'.repeat(3000)}`;
  const first = await run(['upload', archive, '-t', 'long', '-c', long, '--wait', '--json'], { env: service.env });
  assert.equal(first.code, 0, first.stderr);
  const config = (JSON.parse(first.stdout) as ArchiveManifest).result?.images[0]?.config;
  assert.ok(config?.Env?.includes(`LONG=${'x'.repeat(3000)}`));
  assert.deepEqual(stored(service, 'app.tar').metadata, {});
  const [sidecar, upload] = service.world.standIn.requests.filter((each) => each.operation === 'PutObject');
  assert.deepEqual([sidecar?.key, upload?.key], ['app.tar.lading.json', 'app.tar']);
  const second = await run(['upload', archive, '-t', 'short', '--wait', '--json'], { env: service.env });
  assert.deepEqual(names(second.stdout), ['docker.io/library/short:latest']);
  assert.deepEqual(stored(service, 'app.tar').metadata, { name: 'short' });
});

test('options that the service would refuse are refused before anything is sent', async (t) => {
  const { env, world } = await deployed(t);
  const archive = await file(t, await exported());
  for (const wrong of [
    ['-t', 'UPPER'],
    ['-c', 'FROM x'],
    ['--platform', 'x'],
    ['--key', 'a.lading.json'],
    ['--key', ''],
  ])
    assert.equal((await run(['upload', archive, ...wrong], { env })).code, 2, wrong.join(' '));
  assert.deepEqual(world.standIn.requests, []);
});

test('status reports each state of an upload', async (t) => {
  const service = await deployed(t);
  const { env, running } = service;
  const archive = await file(t, await exported());
  const state = async (key = 'app.tar') => {
    const { code, stdout } = await run(['status', key, '--json'], { env });
    return [code, (JSON.parse(stdout) as { state: string }).state];
  };
  assert.deepEqual(await state(), [3, 'absent']);
  Object.assign(running, { inspect: false, convert: false });
  assert.equal((await run(['upload', archive, '-t', 'web'], { env })).code, 0);
  assert.deepEqual(await state(), [6, 'waiting']);
  running.inspect = true;
  await run(['upload', archive, '-t', 'web', '--wait', '--timeout', '0.5'], { env });
  assert.deepEqual(await state(), [6, 'converting']);
  running.convert = true;
  await run(['upload', archive, '-t', 'web', '--wait'], { env });
  assert.deepEqual(await state(), [0, 'converted']);
  assert.match((await run(['status', 'app.tar'], { env })).stdout, /aws s3 cp s3:\/\/results\/app.tar\/image.tar/);
  await run(['upload', await file(t, Buffer.from('no archive'), 'no'), '--wait'], { env });
  assert.deepEqual(await state('no'), [1, 'refused']);
});

test('where the service writes reports, upload and status name the report, and so does the step of a workflow', async (t) => {
  const { env, world } = await deployed(t);
  world.reports = true;
  const archive = await file(t, await exported());
  const output = join(await folder(t), 'output');
  const step = { ...env, GITHUB_OUTPUT: output };
  const { stdout } = await run(['upload', archive, '-t', 'web', '--wait', '--format', 'github'], { env: step });
  const uri = 's3://results/app.tar/report.html';
  assert.match(stdout, new RegExp(`report +${uri}`));
  assert.match((await run(['status', 'app.tar'], { env })).stdout, new RegExp(`report +${uri}`));
  assert.match(await readFile(output, 'utf8'), new RegExp(`^report<<\\S+\n${uri}\n`, 'm'));
});

for (const versioned of [true, false]) {
  test(`status and --wait tell of an upload that the service has given up, in a bucket ${versioned ? 'with' : 'without'} versions`, async (t) => {
    const service = await deployed(t, versioned);
    const { env, world } = service;
    const archive = await file(t, await exported());
    service.running.inspect = false;
    // Later than the first look at the results.
    world.standIn.model.onCreated = (bucket, key, object) => {
      if (bucket === 'uploads') setTimeout(() => void world.fail(noticeOf(key, object), 'fail'), 300);
    };
    const { code, stderr } = await run(['upload', archive, '-t', 'web', '--wait', '--timeout', '20'], { env });
    assert.equal(code, 5, stderr);
    assert.match(stderr, /The service has tried this upload in vain/);
    const status = await run(['status', 'app.tar', '--json'], { env });
    assert.deepEqual([status.code, (JSON.parse(status.stdout) as { state: string }).state], [5, 'failed']);
  });
}

test('status tells of an upload that is too old to wait', async (t) => {
  const service = await deployed(t);
  const { env } = service;
  service.running.inspect = false;
  const archive = await file(t, await exported());
  await run(['upload', archive, '--key', 'old.tar'], { env });
  stored(service, 'old.tar').lastModified = new Date(Date.now() - 15 * 24 * 3_600_000);
  const old = await run(['status', 'old.tar'], { env });
  assert.equal(old.code, 7);
  assert.match(old.stdout, /has no results: they have expired/);
});

test('waiting needs the results alone', async (t) => {
  for (const versioned of [true, false]) {
    const service = await deployed(t, versioned);
    const { env, world } = service;
    world.standIn.disturb = ({ operation, bucket, caller }) =>
      caller === 'any' && bucket === 'uploads' && /^(?:Head|Get)Object$/.test(operation)
        ? { status: 403, code: 'AccessDenied' }
        : undefined;
    const archive = await file(t, await exported(1000));
    const { code, stderr } = await run(['upload', archive, '-t', 'web:1', '--wait', '-o', `${archive}.image`], { env });
    assert.equal(code, 0, stderr);
  }
});

test('the flags for pipelines work for an upload, and --fail-on keeps it from downloading the image', async (t) => {
  const service = await deployed(t);
  const archive = await file(t, await exported());
  const output = `${archive}.image`;
  const gate = ['--fail-on', 'platform-assumed', '--manifest', `${archive}.json`, '-o', output];
  const stopped = await run(['upload', archive, '-t', 'web', ...gate], { env: service.env });
  assert.equal(stopped.code, 9, stopped.stderr);
  await assert.rejects(readFile(output));
  assert.doesNotMatch(
    stopped.stdout + stopped.stderr,
    new RegExp(output),
    'nobody is told of a file that is not there',
  );
  assert.deepEqual(names(await readFile(`${archive}.json`, 'utf8')), ['docker.io/library/web:latest']);
  const env = { ...service.env, GITHUB_OUTPUT: `${archive}.outputs` };
  const { code, stdout } = await run(['upload', archive, '-t', 'web', '--format', 'github'], { env });
  assert.equal(code, 0);
  assert.match(stdout, /^::warning title=lading%3A platform-assumed::/m);
  assert.match(await readFile(env.GITHUB_OUTPUT, 'utf8'), /^archive<<.*\ns3:\/\/results\/app\.tar\/image\.tar$/m);
});

test('an upload whose last answer is lost counts as done', async (t) => {
  const service = await deployed(t);
  const { standIn } = service.world;
  let lost = 0;
  standIn.disturb = ({ operation }) =>
    operation === 'CompleteMultipartUpload' && lost++ === 0 ? 'reset-after' : undefined;
  const archive = await file(t, await exported(20 * MIB));
  const { code, stderr } = await run(['upload', archive, '-t', 'web', '--wait'], { env: service.env });
  assert.equal(code, 0, stderr);
  assert.ok(lost > 1);
});

test('when S3 cannot be reached or refuses, one sentence says why', async (t) => {
  const { env, world } = await deployed(t);
  const archive = await file(t, await exported());
  const wrong = await run(['upload', archive, '--uploads', 'nowhere'], { env });
  assert.deepEqual(
    [wrong.code, wrong.stderr],
    [4, `Cannot upload ${archive} to s3://nowhere/app.tar: there is no such bucket.\n`],
  );
  world.standIn.disturb = () => ({ status: 403, code: 'AccessDenied' });
  const denied = await run(['upload', archive], { env });
  assert.equal(denied.code, 4);
  assert.match(denied.stderr, /^Cannot upload .*: S3 denies access \(AccessDenied/);
});

test('an image that differs from its manifest is not kept', async (t) => {
  const service = await deployed(t);
  const { model } = service.world.standIn;
  const archive = await file(t, await exported());
  const output = `${archive}.image`;
  const handle = model.onCreated;
  model.onCreated = (bucket, key, object) => {
    // The image is changed before the manifest is written, which the client waits for.
    if (key.endsWith('/image.tar')) object.bytes = Buffer.from(object.bytes).fill('x', 600, 601);
    handle(bucket, key, object);
  };
  const { code, stderr } = await run(['upload', archive, '-t', 'web', '-o', output], { env: service.env });
  assert.equal(code, 4);
  assert.match(stderr, /Cannot download app\.tar\/image\.tar: it is not what its manifest tells of/);
  await assert.rejects(readFile(output));
});

test('an upload that needs no conversion succeeds, but has no image to download', async (t) => {
  const { env } = await deployed(t);
  const archive = await file(t, await tarOf([{ name: 'notes.txt', text: 'some notes' }]));
  assert.equal((await run(['upload', archive, '--wait'], { env })).code, 0);
  const { code, stdout, stderr } = await run(['upload', archive, '-o', `${archive}.image`], { env });
  assert.equal(code, 1);
  assert.match(stdout, /is a tar archive/);
  assert.match(stderr, /There is no image to download/);
  await assert.rejects(readFile(`${archive}.image`));
});

test('an interrupted upload of a pipe leaves nothing in the bucket', async (t) => {
  const { env, world } = await deployed(t);
  const interruption = new AbortController();
  world.standIn.disturb = ({ operation }) => {
    if (operation === 'UploadPart') interruption.abort(new Error('interrupted'));
    return undefined;
  };
  const around = { stdin: [await exported(40 * MIB)], env, signal: interruption.signal };
  assert.notEqual((await run(['upload', '-', '--key', 'p.tar'], around)).code, 0);
  assert.deepEqual(world.standIn.model.unfinished('uploads'), []);
  assert.deepEqual(world.standIn.model.list('uploads'), []);
});

test('a user who has only the right to write can upload', async (t) => {
  const { env, world } = await deployed(t);
  world.standIn.disturb = ({ operation, caller }) =>
    caller === 'any' && /^(?:Head|Get|List)/.test(operation) ? { status: 403, code: 'AccessDenied' } : undefined;
  const archive = await file(t, await exported(20 * MIB));
  const { code, stderr } = await run(['upload', archive, '-t', 'web'], { env });
  assert.equal(code, 0, stderr);
});

test('an upload succeeds in a store that cannot resume uploads or copy objects', async (t) => {
  const service = await deployed(t);
  service.world.standIn.disturb = ({ operation }) =>
    /^(?:ListMultipartUploads|ListParts|UploadPartCopy)$/.test(operation)
      ? { status: 501, code: 'NotImplemented' }
      : undefined;
  const archive = await file(t, await exported(20 * MIB));
  const output = join(await folder(t), 'image.tar');
  const { code, stderr } = await run(['upload', archive, '-t', 'web', '-o', output], { env: service.env });
  assert.equal(code, 0, stderr);
  assert.ok((await run(['convert', archive, '-t', 'web'])).bytes.equals(await readFile(output)));
});

test('without credentials or a region, the sentence says what to set', async (t) => {
  const archive = await file(t, await exported());
  const bare = { HOME: await folder(t), AWS_EC2_METADATA_DISABLED: 'true', LADING_UPLOADS: 'u', LADING_RESULTS: 'r' };
  const without = async (env: Record<string, string>) => {
    const unset = Object.fromEntries(
      Object.keys(process.env)
        .filter(isAws)
        .map((name) => [name, undefined]),
    );
    return await ended(start(t, ['upload', archive], { env: { ...unset, ...bare, ...env } }));
  };
  const noRegion = await without({});
  assert.equal(noRegion.code, 4);
  assert.match(noRegion.stderr, /AWS_REGION/);
  const nobody = await without({ AWS_REGION: 'us-east-1' });
  assert.equal(nobody.code, 4);
  assert.match(nobody.stderr, /there are no AWS credentials; set AWS_PROFILE/);
});
