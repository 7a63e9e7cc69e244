import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import type { MakeReport, UploadNotice } from '../../core/service/stores.ts';
import { nativeTools } from '../../node/tools.ts';
import { s3Store } from '../../s3/store.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { engineHarness, type S3Harness } from '../support/s3-harness.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { sha256 } from '../support/tools.ts';

// Crashes as in crash.test.ts, over a real engine, which knows conditions on PutObject only, so that one worker handles
// a key at a time. Its clock cannot be moved, so uploads left open by a crash are too young to be aborted.

const large = archive([...exportEntries(), { name: 'var/large', body: Buffer.alloc(10.1 * 2 ** 20, 'layer ') }]);

const small = archive(exportEntries());
const text = Buffer.from('dear diary');

const UPLOADS: Record<string, { bytes: Buffer; reports?: true }> = {
  'a small export': { bytes: small },
  'a small export with a report': { bytes: small, reports: true },
  'an export that S3 copies': { bytes: large },
  'an export that is expanded': { bytes: Buffer.concat([gzipSync(large), Buffer.from('junk')]) },
  'what is refused': { bytes: text },
  'what is refused with a report': { bytes: text, reports: true },
};

describe('a crash at any request, over a real engine', { skip: withoutEngine }, () => {
  let engine: Awaited<ReturnType<typeof openEngine>>;
  let harness: S3Harness;
  before(async () => {
    engine = await openEngine();
    harness = await engineHarness(engine, true);
  });
  after(async () => await harness.close());

  /** Runs both functions as their events would, until request `death` was served; returns the number of requests. */
  const run = async (notice: UploadNotice, death: number | null, report?: MakeReport): Promise<number> => {
    const { endpoint, credentials } = engine;
    const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true, maxAttempts: 1 });
    const over = new AbortController();
    let count = 0;
    client.middlewareStack.add(
      (next) => async (args) => {
        if (over.signal.aborted) throw new Error('dead');
        const last = count++ === death;
        const answer = await next(args);
        if (last) over.abort();
        return answer;
      },
      { step: 'finalizeRequest', priority: 'low', name: 'death' },
    );
    const tools = nativeTools({ threads: false });
    const store = s3Store({ client, signal: over.signal }, harness.resultsBucket, tools);
    const deps = { ...store, report, tools, clock: Date.now, version: '0.0.0' };
    try {
      const outcome = await inspectUpload(notice, deps);
      if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
    } catch (error) {
      if (!over.signal.aborted) throw error;
    } finally {
      client.destroy();
    }
    return count;
  };

  const upload = async (key: string, Body: Buffer): Promise<UploadNotice> => {
    const { bucket: Bucket, client } = harness;
    const put = new PutObjectCommand({ Bucket, Key: key, Body, Metadata: { name: 'app:1' } });
    const { VersionId: versionId = null, ETag: etag = '' } = await client.send(put);
    return { bucket: Bucket, key, versionId, etag: etag.replaceAll('"', ''), sequencer: null };
  };

  /** The results of a key without what differs between keys. Fails when manifest and image do not belong together. */
  const atRest = async (key: string): Promise<object> => {
    const get = async (Key: string) => {
      const answer = await harness.client.send(new GetObjectCommand({ Bucket: harness.resultsBucket, Key }));
      return { bytes: Buffer.from((await answer.Body?.transformToByteArray()) ?? []), metadata: answer.Metadata };
    };
    const keys = resultKeys(key);
    const manifest: ArchiveManifest = JSON.parse((await get(keys.manifest)).bytes.toString());
    assertManifest(manifest);
    const there = (await harness.resultKeys()).includes(keys.image);
    assert.equal(there, manifest.result !== null, 'an image archive lies there exactly when the manifest says so');
    const image = there ? await get(keys.image) : null;
    if (image !== null)
      assert.equal(image.metadata?.['lading-job'], manifest.job, 'image and manifest belong together');
    const { outcome, findings, result, report = false } = manifest;
    assert.equal(
      (await harness.resultKeys()).includes(keys.report),
      report,
      'a report lies there as the manifest says',
    );
    if (report) assert.equal((await get(keys.report)).metadata?.['lading-job'], manifest.job);
    return { outcome, findings, report, result: { ...result, key: null }, image: image && sha256(image.bytes) };
  };

  const made: MakeReport = async ({ outcome }) => Buffer.from(`<p>${outcome}</p>`);

  for (const [what, { bytes, reports }] of Object.entries(UPLOADS)) {
    const report = reports && made;
    test(`${what}: when its event is delivered again after a crash, the results are those of an undisturbed run`, async () => {
      const undisturbed = `${what}/undisturbed.tar`;
      const requests = await run(await upload(undisturbed, bytes), null, report);
      const expected = await atRest(undisturbed);
      assert.ok(requests > 4);
      for (let at = 0; at < requests; at += 1) {
        const key = `${what}/${at}.tar`;
        const notice = await upload(key, bytes);
        await run(notice, at, report);
        await run(notice, null, report);
        assert.deepEqual(await atRest(key), expected, `a crash at request ${at}`);
        const open = (await harness.unfinished()).filter((each) => each.startsWith(`${key}/`));
        assert.ok(open.length <= 1, 'at most what the dead function had opened');
      }
    });
  }
});
