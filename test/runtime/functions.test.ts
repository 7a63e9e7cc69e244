import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { Docker } from '../support/engines-docker.ts';
import { BUSYBOX } from '../support/engines-roots.ts';
import { removeScratch, run, scratch } from '../support/engines.ts';
import { BUCKETS, objectCreated, queued } from '../support/functions.ts';
import { coldStart, type Deployed, LambdaEnvironment, withoutLambda } from '../support/lambda.ts';
import { assertCompletionEvent, assertManifest } from '../support/manifest-schema.ts';
import { xzSample } from '../support/packed.ts';
import { withoutEngine } from '../support/s3-engine.ts';
import { assertHolds, putLargeUpload } from './large-upload.ts';
import { ACKNOWLEDGED, openWorld, type World } from './world.ts';

describe('the bundles, as Lambda runs them', { skip: withoutEngine || withoutLambda() }, () => {
  let world: World;
  let client: S3Client;
  let inspect: LambdaEnvironment;
  let convert: LambdaEnvironment;

  before(async () => {
    world = await openWorld({ reports: true });
    client = world.client;
    inspect = await world.start('Inspect');
    convert = await world.start('Convert');
  });
  after(() => world.stop());

  const work = async (key: string): Promise<ArchiveManifest> => {
    assert.deepEqual(await inspect.invoke(queued(objectCreated(BUCKETS.uploads, key))), ACKNOWLEDGED, inspect.log);
    const handOff = queued(objectCreated(BUCKETS.results, `${key}/inspection.json`));
    assert.deepEqual(await convert.invoke(handOff), ACKNOWLEDGED, convert.log);
    const manifest: ArchiveManifest = JSON.parse(await (await result(`${key}/manifest.json`)).transformToString());
    assertManifest(manifest);
    const page = await (await result(`${key}/report.html`)).transformToString();
    const { cost: _, ...shown } = JSON.parse(/id="manifest">(.*?)<\/script>/u.exec(page)?.[1] ?? '');
    const { cost: __, ...said } = manifest;
    assert.deepEqual(shown, said, 'the report shows the manifest');
    return manifest;
  };
  const result = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKETS.results, Key }));
    return Body ?? assert.fail(`there is no ${Key}`);
  };

  test('make an image that Docker loads and runs, and tell the event bus', async (t) => {
    const dir = scratch('runtime');
    const docker = await Docker.start();
    t.after(async () => {
      await docker.stop();
      await removeScratch(dir);
    });
    await BUSYBOX.make(join(dir, 'root'));
    await run('tar', ['-C', join(dir, 'root'), '-cf', join(dir, 'box.tar'), '.']);
    const Metadata = { name: 'box:1', change: 'CMD ["echo", "hello"]' };
    const upload = { Bucket: BUCKETS.uploads, Key: 'box.tar', Body: readFileSync(join(dir, 'box.tar')), Metadata };
    await client.send(new PutObjectCommand(upload));
    assert.equal((await work('box.tar')).outcome, 'converted');
    writeFileSync(join(dir, 'image.tar'), await (await result('box.tar/image.tar')).transformToByteArray());
    await docker.docker('load', '-i', join(dir, 'image.tar'));
    assert.equal(await docker.docker('run', '--network', 'none', 'box:1'), 'hello');
    const [{ detail } = assert.fail('no event')] = world.eventBus.events;
    assertCompletionEvent(detail);
  });

  test('convert an export of 4 GB in the memory that they are given', async (t) => {
    const upload = await putLargeUpload(client, BUCKETS.uploads, 'large.tar');
    assert.ok(upload.size > 4e9);
    const began = Date.now();
    const { result: made } = await work('large.tar');
    t.diagnostic(`${(Date.now() - began) / 1000} s for ${upload.size} bytes`);
    for (const [name, environment] of Object.entries({ Inspect: inspect, Convert: convert })) {
      const { memoryMiB } = world.deployed[name as 'Inspect' | 'Convert'];
      const peak = environment.peakMiB();
      t.diagnostic(`${name}: at most ${peak} of ${memoryMiB} MiB`);
      assert.ok(peak > 0 && peak <= memoryMiB);
    }
    assert.equal(made?.images[0]?.layers[0]?.diffID, upload.digest);
    const image = await result('large.tar/image.tar');
    await assertHolds(image as AsyncIterable<Uint8Array>, upload);
  });

  test('expand an upload in xz, which becomes a plain layer', async () => {
    const Metadata = { name: 'packed:1', rootfs: 'true' };
    await client.send(
      new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: 'packed.tar.xz', Body: xzSample, Metadata }),
    );
    const { outcome, compression, result: made } = await work('packed.tar.xz');
    const layer = execFileSync('xz', ['-dc'], { input: xzSample });
    const digest = `sha256:${createHash('sha256').update(layer).digest('hex')}`;
    assert.deepEqual([outcome, compression.kind], ['converted', 'xz']);
    assert.equal(made?.images[0]?.layers[0]?.diffID, digest);
    const image = await (await result('packed.tar.xz/image.tar')).transformToByteArray();
    assert.ok(Buffer.from(image).includes(layer));
  });

  test('refuse what is no archive, with a report', async () => {
    await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: 'notes.txt', Body: 'dear diary' }));
    assert.equal((await work('notes.txt')).outcome, 'refused');
  });

  test('hand what they cannot do to Lambda as an error, and go on', async () => {
    const foreign = await inspect.invoke(queued(objectCreated('other', 'a')));
    assert.deepEqual(foreign.kind === 'fault' && [foreign.errorType, foreign.errorMessage], [
      'LadingError',
      'Cannot inspect a: it is in other, not in uploads',
    ]);
    assert.deepEqual(await inspect.invoke(queued(objectCreated(BUCKETS.uploads, 'gone.tar'))), ACKNOWLEDGED);
  });

  test('answer their first event', async (t) => {
    for (const [name, each] of Object.entries(world.deployed)) {
      const sidecar = queued(objectCreated(name === 'Inspect' ? BUCKETS.uploads : BUCKETS.results, 'a.lading.json'));
      t.diagnostic(`${name}: first answer after ${Math.round(await coldStart(each, sidecar))} ms`);
    }
  });
});

describe('the environment in which they run', { skip: withoutLambda() }, () => {
  const invoke = async (code: string): Promise<unknown> => {
    const dir = mkdtempSync(join(tmpdir(), 'lading-task-'));
    chmodSync(dir, 0o755);
    writeFileSync(join(dir, 'index.mjs'), code);
    const environmentOf = { memoryMiB: 256, timeoutSeconds: 900, environment: {} };
    const deployed: Deployed = { dir, handler: 'index.handler', ...environmentOf };
    const environment = await LambdaEnvironment.start(deployed);
    try {
      return await environment.invoke({});
    } finally {
      await environment.stop();
      rmSync(dir, { recursive: true });
    }
  };

  test('ends a function that takes more memory than it has', async () => {
    const fault = { kind: 'fault', errorType: 'Runtime.ExitError', errorMessage: 'exit status 137' };
    const greedy =
      'export const handler = async () => { for (const all = []; ;) all.push(Buffer.alloc(2 ** 24, 1)); };';
    assert.deepEqual(await invoke(greedy), fault);
  });

  test('lets nothing be written', async () => {
    const writer = `import { writeFileSync } from 'node:fs';
      const attempt = (file) => { try { writeFileSync(file, ''); return 'written'; } catch ({ code }) { return code; } };
      export const handler = async () => ['/x', '/tmp/x', '/var/task/x', '/dev/x', '/usr/x'].map(attempt);`;
    const { value } = (await invoke(writer)) as { value: string[] };
    assert.deepEqual(new Set(value), new Set(['EROFS']));
  });
});
