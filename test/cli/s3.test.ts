import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { asObject, hugeImage } from '../support/huge.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { type S3Engine, withoutEngine } from '../support/s3-engine.ts';
import { engineFor } from '../support/s3-harness.ts';
import { S3StandIn } from '../support/s3-standin.ts';
import { archive } from '../support/tar-builder.ts';
import { exported, folder, run } from './kit.ts';

const MIB = 2 ** 20;
const env = { S3_PATH_STYLE: 'true' };

/** Sets the variables that the SDK reads from the environment of this process. */
function surround({ endpoint, credentials }: Pick<S3Engine, 'endpoint' | 'credentials'>): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
  });
}

function manifestIn(stdout: string): ArchiveManifest {
  const manifest = JSON.parse(stdout) as ArchiveManifest;
  assertManifest(manifest);
  return manifest;
}

describe('archives in the stand-in for S3', () => {
  const standIn = new S3StandIn();
  const put = (key: string, bytes: Buffer, more: { etag?: string } = {}): void =>
    void standIn.model.put('uploads', key, bytes, { contentType: '', metadata: {} }, more);
  before(async () => {
    standIn.model.createBucket('uploads', true);
    surround({ endpoint: await standIn.start(), credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
  });
  after(async () => await standIn.stop());

  test('a quick look at 10 GB takes at most 60 requests and 2 MiB, all of one version of the object', async () => {
    put('team/huge.tar', asObject(hugeImage(40, 256 * MIB)), { etag: 'e1' });
    const { versionId } = standIn.model.get('uploads', 'team/huge.tar');
    standIn.requests.length = 0;
    const { code, stdout } = await run(['inspect', '--quick', '--json', 's3://uploads/team/huge.tar'], { env });
    const { source, cost, images, quick } = manifestIn(stdout);
    assert.deepEqual([code, quick, images[0]?.names, images[0]?.layers.length], [0, true, ['team/huge:1'], 40]);
    const { bucket, key, etag } = source;
    assert.deepEqual([bucket, key, etag, source.versionId], ['uploads', 'team/huge.tar', 'e1', versionId]);
    const [head, ...reads] = standIn.requests;
    assert.equal(head?.operation, 'HeadObject');
    const bytes = reads
      .map(({ headers }) => /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? ''))
      .map((range) => Number(range?.[2]) - Number(range?.[1]) + 1);
    assert.deepEqual([cost.requests, cost.bytesRead], [reads.length, bytes.reduce((sum, each) => sum + each, 0)]);
    assert.ok(standIn.requests.length <= 60 && cost.bytesRead <= 2 * MIB, JSON.stringify(cost));
    assert.ok(
      reads.every(({ query, headers }) => query.get('versionId') === versionId && headers['if-match'] === '"e1"'),
    );
  });

  test('an object is inspected and converted like a file, and the page says how to load it from there', async (t) => {
    const saved = dockerArchive([{ names: ['web:1'], layers: [archive([{ name: 'a', body: 'a' }])] }]);
    put('team/web.tar', saved);
    const page = await run(['inspect', 's3://uploads/team/web.tar'], { env });
    assert.equal(page.code, 0, page.stderr);
    assert.match(page.stdout, /^s3:\/\/uploads\/team\/web\.tar is an image archive\.$/m);
    assert.match(page.stdout, /^ {2}aws s3 cp s3:\/\/uploads\/team\/web\.tar - \| docker load$/m);
    put('team/app:1.2.tar', await exported());
    const image = join(await folder(t), 'image.tar');
    const made = await run(['convert', 's3://uploads/team/app:1.2.tar', '-o', image, '--json'], { env });
    assert.deepEqual(manifestIn(made.stdout).result?.images[0]?.names, ['docker.io/library/app:1.2']);
    assert.ok((await readFile(image)).includes('manifest.json'));
  });

  test('an object that is replaced during the inspection is noticed', async (t) => {
    t.after(() => void (standIn.disturb = () => undefined));
    standIn.model.createBucket('plain');
    const replace = (etag: string) =>
      standIn.model.put('plain', 'k', asObject(hugeImage(3, MIB)), { contentType: '', metadata: {} }, { etag });
    replace('old');
    standIn.disturb = ({ headers }) => {
      if (headers.range !== undefined && !headers.range.startsWith('bytes=0-')) replace('new');
      return undefined;
    };
    const { code, stdout, stderr } = await run(['inspect', '--quick', 's3://plain/k'], { env });
    assert.deepEqual([code, stdout], [4, '']);
    assert.match(stderr, /replaced or deleted/);
  });

  test('an object that cannot be read gives a sentence and exit code 4; an address that is not in S3 gives exit code 2', async (t) => {
    t.after(() => void (standIn.disturb = () => undefined));
    for (const name of ['s3://uploads/none.tar', 's3://nowhere/none.tar']) {
      const { code, stderr } = await run(['inspect', name], { env });
      assert.deepEqual([code, stderr], [4, `Cannot read ${name}: there is no such object, or no such bucket.\n`]);
    }
    const { code, stderr } = await run(['inspect', 's3://uploads'], { env });
    assert.equal(code, 2);
    assert.match(stderr, /s3:\/\/BUCKET\/KEY/);
    put('k', Buffer.alloc(9));
    standIn.disturb = () => ({ status: 403, code: 'AccessDenied' });
    const denied = await run(['inspect', 's3://uploads/k'], { env });
    assert.deepEqual([denied.code, denied.stderr], [4, 'Cannot read s3://uploads/k: S3 denies access.\n']);
  });
});

test(
  'archives in a real S3 engine give the same pages, with a whole and with a quick look',
  { skip: withoutEngine },
  async (t) => {
    const { engine, client } = await engineFor(t);
    surround(engine);
    const layers = [1, 2, 3].map((seed) => archive([{ name: 'data', body: Buffer.alloc(20 * MIB, `layer ${seed} `) }]));
    await client.send(new CreateBucketCommand({ Bucket: 'quick-look' }));
    const Body = dockerArchive([{ names: ['web:1'], layers }]);
    await client.send(new PutObjectCommand({ Bucket: 'quick-look', Key: 'a b/web.tar', Body }));
    const [whole, quick] = await Promise.all(
      [[], ['--quick']].map(async (flags) => {
        const { code, stdout, stderr } = await run(['inspect', 's3://quick-look/a b/web.tar', '--json', ...flags], {
          env,
        });
        assert.equal(code, 0, stderr);
        return manifestIn(stdout);
      }),
    );
    assert.deepEqual(quick?.images[0]?.names, whole?.images[0]?.names);
    assert.deepEqual(
      quick?.images[0]?.layers.map((each) => each.digest),
      whole?.images[0]?.layers.map((each) => each.digest),
    );
    assert.deepEqual([whole?.cost.bytesRead, whole?.quick], [Body.length, undefined]);
    assert.ok(
      (quick?.cost.requests ?? 99) <= 6 && (quick?.cost.bytesRead ?? MIB) < MIB / 4,
      JSON.stringify(quick?.cost),
    );
  },
);
