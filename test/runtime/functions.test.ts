import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../lambda/core/manifest.ts';
import { Docker } from '../support/engines-docker.ts';
import { BUSYBOX } from '../support/engines-roots.ts';
import { removeScratch, run, scratch } from '../support/engines.ts';
import { EventBusStandIn } from '../support/event-bus.ts';
import { BUCKETS, objectCreated, queued } from '../support/functions.ts';
import { type Deployed, LambdaEnvironment, coldStart, withoutLambda } from '../support/lambda.ts';
import { assertCompletionEvent, assertManifest } from '../support/manifest-schema.ts';
import { openEngine, withoutEngine } from '../support/rgw.ts';
import { localClient } from '../support/s3-harness.ts';
import { deployedFunctions } from './deployed.ts';
import { assertHolds, putLargeUpload } from './large-upload.ts';

const ACKNOWLEDGED = { kind: 'answer', value: { batchItemFailures: [] } };

describe('the bundles, as Lambda runs them', { skip: withoutEngine || withoutLambda() }, () => {
  const eventBus = new EventBusStandIn();
  /** What has to be ended, also when not everything could be started. */
  const started: { stop(): Promise<void> }[] = [];
  let client: S3Client;
  let deployed: ReturnType<typeof deployedFunctions>;
  let inspect: LambdaEnvironment;
  let convert: LambdaEnvironment;

  before(async () => {
    const engine = await openEngine();
    const endpoint = await eventBus.start();
    started.push(engine, eventBus);
    client = localClient(engine);
    for (const Bucket of Object.values(BUCKETS)) await client.send(new CreateBucketCommand({ Bucket }));
    deployed = deployedFunctions({
      UPLOADS_BUCKET: BUCKETS.uploads,
      RESULTS_BUCKET: BUCKETS.results,
      EVENT_BUS_NAME: eventBus.bus,
      AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
      AWS_ENDPOINT_URL_S3: engine.endpoint,
      AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
      S3_PATH_STYLE: 'true',
    });
    inspect = await LambdaEnvironment.start(deployed.Inspect);
    started.push(inspect);
    convert = await LambdaEnvironment.start(deployed.Convert);
    started.push(convert);
  });
  after(async () => {
    for (const each of started.toReversed()) await each.stop();
  });

  const work = async (key: string): Promise<ArchiveManifest> => {
    assert.deepEqual(await inspect.invoke(queued(objectCreated(BUCKETS.uploads, key))), ACKNOWLEDGED, inspect.log);
    const handOff = queued(objectCreated(BUCKETS.results, `${key}/inspection.json`));
    assert.deepEqual(await convert.invoke(handOff), ACKNOWLEDGED, convert.log);
    const manifest: ArchiveManifest = JSON.parse(await (await result(`${key}/manifest.json`)).transformToString());
    assertManifest(manifest);
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
    const [{ detail } = assert.fail('no event')] = eventBus.events;
    assertCompletionEvent(detail);
  });

  test('convert an export of 4 GB in the memory that they are given', async (t) => {
    const upload = await putLargeUpload(client, BUCKETS.uploads, 'large.tar');
    assert.ok(upload.size > 4e9);
    const began = Date.now();
    const { result: made } = await work('large.tar');
    t.diagnostic(`${(Date.now() - began) / 1000} s for ${upload.size} bytes`);
    for (const [name, environment] of Object.entries({ Inspect: inspect, Convert: convert })) {
      const { memoryMiB } = deployed[name as 'Inspect' | 'Convert'];
      const peak = environment.peakMiB();
      t.diagnostic(`${name}: at most ${peak} of ${memoryMiB} MiB`);
      assert.ok(peak > 0 && peak <= memoryMiB);
    }
    assert.equal(made?.images[0]?.layers[0]?.diffID, upload.digest);
    const image = await result('large.tar/image.tar');
    await assertHolds(image as AsyncIterable<Uint8Array>, upload);
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
    for (const [name, each] of Object.entries(deployed)) {
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
    const deployed: Deployed = { dir, memoryMiB: 256, timeoutSeconds: 900, environment: {} };
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
