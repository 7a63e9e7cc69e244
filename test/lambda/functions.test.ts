import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { EventBusStandIn } from '../support/event-bus.ts';
import {
  BUCKETS,
  captureLog,
  type Functions,
  lambdaContext,
  loadFunctions,
  objectCreated,
  queued,
} from '../support/functions.ts';
import { asObject, hugeImage } from '../support/huge.ts';
import { assertCompletionEvent, assertManifest } from '../support/manifest-schema.ts';
import { localClient } from '../support/s3-harness.ts';
import { S3StandIn } from '../support/s3-standin.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

const MIB = 2 ** 20;
const ACKNOWLEDGED = { batchItemFailures: [] };

/** An export of about `size` bytes. */
function anExport(size = 0): Buffer {
  const body = Buffer.alloc(size, 'some file that makes the layer large, ');
  return archive([...exportEntries(), { name: 'var/large', body }]);
}

describe('the functions over the stand-in for S3', () => {
  const standIn = new S3StandIn();
  const eventBus = new EventBusStandIn();
  let client: ReturnType<typeof localClient>;
  let functions: Functions;
  before(async () => {
    const engine = { endpoint: await standIn.start(), credentials: { accessKeyId: 'any', secretAccessKey: 'any' } };
    standIn.model.createBucket(BUCKETS.uploads, true);
    standIn.model.createBucket(BUCKETS.results);
    client = localClient(engine);
    Object.assign(process.env, {
      EVENT_BUS_NAME: eventBus.bus,
      AWS_ENDPOINT_URL_EVENTBRIDGE: await eventBus.start(),
    });
    functions = await loadFunctions(engine);
  });
  after(async () => {
    client.destroy();
    await eventBus.stop();
    await standIn.stop();
  });

  const upload = async (key: string, bytes: Uint8Array, metadata: Record<string, string> = {}): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: key, Body: bytes, Metadata: metadata }));
  };
  const result = (key: string): Buffer => standIn.model.get(BUCKETS.results, key).bytes;
  const manifest = (key: string): ArchiveManifest => {
    const found: ArchiveManifest = JSON.parse(result(`${key}/manifest.json`).toString());
    assertManifest(found);
    return found;
  };
  const keysUnder = (key: string): string[] => standIn.model.list(BUCKETS.results, `${key}/`).map((each) => each.key);

  for (const [what, size, gzip] of [
    ['a small export', 0, false],
    ['an export that S3 copies', 21 * MIB, false],
    ['a gzip export', 0, true],
  ] as const) {
    test(`${what} becomes an image archive under the name it was given`, async (t) => {
      captureLog(t);
      const key = `team/${what}.tar`;
      const tar = anExport(size);
      await upload(key, gzip ? gzipSync(tar) : tar, { name: 'web:1.0' });
      await functions.run(key);
      const { outcome, result: made } = manifest(key);
      assert.equal(outcome, 'converted');
      assert.deepEqual(made?.images[0]?.names, ['docker.io/library/web:1.0']);
      const diffID = createHash('sha256').update(tar).digest('hex');
      assert.equal(made?.images[0]?.layers[0]?.diffID, `sha256:${diffID}`);
      assert.equal(made?.size, result(`${key}/image.tar`).length);
    });
  }

  test('the same upload gives the same image archive again', async (t) => {
    captureLog(t);
    const runs: Buffer[] = [];
    for (let run = 0; run < 2; run += 1) {
      await upload('again.tar', anExport());
      await functions.run('again.tar');
      runs.push(result('again.tar/image.tar'));
    }
    assert.ok(runs[0]?.equals(runs[1] ?? Buffer.alloc(0)));
  });

  test('input that is not an archive gets a manifest that says so, and its event is acknowledged', async (t) => {
    captureLog(t);
    await upload('notes.txt', Buffer.from('dear diary'));
    const answer = await functions.inspect(queued(objectCreated(BUCKETS.uploads, 'notes.txt')), lambdaContext());
    assert.deepEqual(answer, ACKNOWLEDGED);
    assert.notEqual(manifest('notes.txt').outcome, 'converted');
    assert.deepEqual(keysUnder('notes.txt'), ['notes.txt/manifest.json']);
  });

  test('events about uploads that are gone and about sidecars, and test events, are acknowledged', async (t) => {
    captureLog(t);
    await upload('app.tar.lading.json', Buffer.from('{}'));
    const testEvent = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKETS.uploads };
    for (const event of [
      objectCreated(BUCKETS.uploads, 'gone.tar'),
      objectCreated(BUCKETS.uploads, 'app.tar.lading.json'),
      testEvent,
    ]) {
      assert.deepEqual(await functions.inspect(queued(event), lambdaContext()), ACKNOWLEDGED);
    }
    assert.deepEqual(keysUnder('app.tar.lading.json'), []);
  });

  test('each event writes one line to the log, and one for each code among the findings', async (t) => {
    const lines = captureLog(t);
    await upload('logged.tar', anExport());
    await functions.run('logged.tar');
    assert.deepEqual(
      lines.map((line) => {
        const { level, Function: name, Outcome, Code, key, _aws } = JSON.parse(line);
        return [level, name, Outcome ?? Code, key, _aws.CloudWatchMetrics[0].Namespace];
      }),
      [
        ['info', 'inspect', 'handed-on', 'logged.tar', 'Lading'],
        ['info', 'convert', 'converted', 'logged.tar', 'Lading'],
        ...manifest('logged.tar').findings.map(({ code }) => ['info', 'convert', code, 'logged.tar', 'Lading']),
      ],
    );
  });

  test('each finished archive is announced on the event bus, by the function that finished it', async (t) => {
    captureLog(t);
    eventBus.events.length = 0;
    await upload('told.tar', anExport());
    await upload('told.txt', Buffer.from('dear diary'));
    await functions.run('told.tar');
    await functions.run('told.txt');
    for (const { detail } of eventBus.events) assertCompletionEvent(detail);
    assert.deepEqual(
      eventBus.events.map(({ detail: { source, outcome, resultsBucket } }) => [source.key, outcome, resultsBucket]),
      [
        ['told.tar', 'converted', BUCKETS.results],
        ['told.txt', 'refused', BUCKETS.results],
      ],
    );
  });

  test('an object in another bucket is refused, and a failure of S3 is thrown, each with one line in the log', async (t) => {
    const lines = captureLog(t);
    t.after(() => {
      standIn.disturb = () => undefined;
    });
    await assert.rejects(functions.inspect(queued(objectCreated('other', 'a')), lambdaContext()), {
      code: 'bad-event',
    });
    standIn.disturb = () => ({ status: 403, code: 'AccessDenied' });
    await assert.rejects(functions.inspect(queued(objectCreated(BUCKETS.uploads, 'a')), lambdaContext()));
    assert.deepEqual(
      lines.map((line) => {
        const { level, Function: name, requestId } = JSON.parse(line);
        return [level, name, requestId];
      }),
      [
        ['error', 'inspect', 'request-1'],
        ['error', 'inspect', 'request-1'],
      ],
    );
  });

  const KEY_DENIED =
    'User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:2:key/theirs because no resource-based policy allows the kms:Decrypt action';
  const CUSTOMER_KEY =
    'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';
  const refusals: [what: string, operation: RegExp, status: number, code: string, message: string, reason: RegExp][] = [
    ['an archive storage class', /^GetObject$/, 403, 'InvalidObjectState', '', /an archive storage class/],
    [
      'a KMS key of its uploader',
      /^GetObject$/,
      403,
      'AccessDenied',
      KEY_DENIED,
      /a KMS key that the service may not use/,
    ],
    [
      'a key that S3 does not keep',
      /^(?:Head|Get)Object$/,
      400,
      'InvalidRequest',
      CUSTOMER_KEY,
      /only its uploader has/,
    ],
    ['a range that S3 never gives', /^GetObject$/, 416, 'InvalidRange', '', /S3 never sends some of them/],
  ];
  for (const [at, [what, operation, status, code, message, reason]] of refusals.entries()) {
    test(`an upload that S3 refuses for good is refused with a finding, and its event acknowledged: ${what}`, async (t) => {
      captureLog(t);
      t.after(() => {
        standIn.disturb = () => undefined;
      });
      const key = `refused-${at}.tar`;
      await upload(key, anExport());
      standIn.disturb = (request) =>
        request.key === key && operation.test(request.operation) ? { status, code, message } : undefined;
      const event = objectCreated(BUCKETS.uploads, key, standIn.model.get(BUCKETS.uploads, key).etag);
      assert.deepEqual(await functions.inspect(queued(event), lambdaContext()), ACKNOWLEDGED);
      const { outcome, archive: seen, findings, clients } = manifest(key);
      assert.deepEqual([outcome, seen.kind, clients], ['refused', 'unread', []]);
      assert.deepEqual(
        findings.map((each) => each.code),
        ['not-given'],
      );
      assert.match(findings[0]?.message ?? '', reason);
    });
  }

  test('a sidecar that S3 does not give refuses its upload, and an upload that is archived later is refused, too', async (t) => {
    captureLog(t);
    t.after(() => {
      standIn.disturb = () => undefined;
    });
    const archived = { status: 403, code: 'InvalidObjectState' };
    await upload('cold.tar.lading.json', Buffer.from('{}'));
    await upload('cold.tar', anExport());
    standIn.disturb = ({ key, operation }) =>
      key === 'cold.tar.lading.json' && operation === 'GetObject' ? archived : undefined;
    await functions.run('cold.tar');
    assert.equal(manifest('cold.tar').outcome, 'refused');
    assert.match(manifest('cold.tar').summary, /S3 does not give this upload/u);

    await upload('cooled.tar', anExport(21 * MIB));
    standIn.disturb = ({ operation }) => (operation === 'UploadPartCopy' ? archived : undefined);
    await functions.run('cooled.tar');
    assert.deepEqual(
      [manifest('cooled.tar').outcome, manifest('cooled.tar').findings[0]?.code],
      ['refused', 'not-given'],
    );
  });

  test('an upload that cannot be read in time is refused at once, and its event acknowledged', async (t) => {
    captureLog(t);
    const huge = asObject(hugeImage(40, 3 * 2 ** 30));
    standIn.model.put(BUCKETS.uploads, 'huge.tar', huge, { contentType: '', metadata: {} }, { etag: 'e' });
    standIn.requests.length = 0;
    const event = queued(objectCreated(BUCKETS.uploads, 'huge.tar'));
    assert.deepEqual(await functions.inspect(event, lambdaContext()), ACKNOWLEDGED);
    const { findings, images } = manifest('huge.tar');
    assert.deepEqual([findings[0]?.code, images[0]?.names], ['no-time', ['team/huge:1']]);
    assert.ok(standIn.requests.filter((each) => each.operation === 'GetObject').length <= 60);
  });

  test('a function stops before its time is over, leaves no partial result, and asks for another try', async (t) => {
    captureLog(t);
    t.after(() => {
      standIn.disturb = () => undefined;
    });
    await upload('slow.tar', anExport(21 * MIB));
    await functions.inspect(queued(objectCreated(BUCKETS.uploads, 'slow.tar')), lambdaContext());
    standIn.disturb = async ({ operation }) => {
      // This takes longer than the function has, which is a second more than its reserve for ending.
      if (operation === 'UploadPartCopy') await new Promise((resolve) => void setTimeout(resolve, 3000).unref());
      return undefined;
    };
    const event = queued(objectCreated(BUCKETS.results, 'slow.tar/inspection.json'));
    // This is the error of the conversion itself: it has ended, and was not merely abandoned.
    const ended = {
      code: 'deadline',
      message: 'Cannot finish slow.tar/image.tar: the time of this invocation is over',
    };
    // The clock shows little time only at the first look, so that the deadline cannot be foreseen.
    let looks = 0;
    const clock = () => (looks++ === 0 ? 21_000 : 900_000);
    await assert.rejects(functions.convert(event, lambdaContext(clock)), ended);
    assert.deepEqual(keysUnder('slow.tar'), ['slow.tar/inspection.json']);
    assert.deepEqual(standIn.model.unfinished(BUCKETS.results), []);
  });
});
