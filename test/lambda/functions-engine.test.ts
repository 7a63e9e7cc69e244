import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { GetObjectCommand, ListMultipartUploadsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { run } from '../cli/kit.ts';
import { sample } from '../contract/store-kit.ts';
import { BUCKETS, captureLog, type Functions, loadFunctions } from '../support/functions.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { bzip2Image } from '../support/packed.ts';
import { openEngine, type S3Engine, withoutEngine } from '../support/s3-engine.ts';
import { localClient, makeBuckets } from '../support/s3-harness.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

const MIB = 2 ** 20;

/** An export whose image archive consists of several parts, however it is compressed. */
const large = archive([...exportEntries(), { name: 'var/large', body: sample(11 * MIB) }]);

const UPLOADS: Record<string, () => Buffer> = {
  'an export that S3 copies': () => large,
  'an export as gzip': () => gzipSync(large, { level: 1 }),
  'gzip with something behind it': () => Buffer.concat([gzipSync(large, { level: 1 }), Buffer.from('junk')]),
  'an export as zstd': () => zstdCompressSync(large),
  'an image archive': () => dockerArchive([{ names: ['old:1'], layers: [large] }]),
  'a small image archive as bzip2': () => bzip2Image,
};

describe('the functions, over a real engine', { skip: withoutEngine }, () => {
  let engine: S3Engine;
  let client: ReturnType<typeof localClient>;
  let functions: Functions;
  before(async () => {
    engine = await openEngine();
    client = localClient(engine);
    await makeBuckets(client, Object.values(BUCKETS));
    functions = await loadFunctions(engine);
  });
  after(async () => {
    client.destroy();
    await engine.stop();
  });

  for (const [what, make] of Object.entries(UPLOADS)) {
    test(`${what}: the result has the bytes that lading convert makes`, async (t) => {
      const lines = captureLog(t);
      const [key, Body] = [`team/${what}.tar`, make()];
      await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: key, Body, Metadata: { name: 'app:1' } }));
      await functions.run(key);
      const image = new GetObjectCommand({ Bucket: BUCKETS.results, Key: `${key}/image.tar` });
      const { Body: made } = await client
        .send(image)
        .catch((error: unknown) => assert.fail(`${String(error)}\n${lines.join('')}`));
      const local = await run(['convert', '-', '--name', 'app:1'], { stdin: [Body] });
      assert.equal(local.code, 0, local.stderr);
      assert.ok(local.bytes.equals((await made?.transformToByteArray()) ?? Buffer.alloc(0)));
      const open = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKETS.results }));
      assert.deepEqual(open.Uploads ?? [], []);
    });
  }
});
