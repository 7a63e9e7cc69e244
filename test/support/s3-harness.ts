import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { nativeTools } from '../../node/tools.ts';
import { s3Store } from '../../s3/store.ts';
import type { StoreHarness } from '../contract/store-kit.ts';
import { openEngine, type S3Engine } from './s3-engine.ts';
import { S3StandIn } from './s3-standin.ts';

/** An S3 store under test, and what only S3 stores have. */
export interface S3Harness extends StoreHarness {
  client: S3Client;
  resultsBucket: string;
  /** The keys of multipart uploads that were neither completed nor aborted. */
  unfinished(): Promise<string[]>;
}

/** A client for an S3 engine on this machine. */
export function localClient({ endpoint, credentials }: Pick<S3Engine, 'endpoint' | 'credentials'>): S3Client {
  return new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
}

/** Makes these buckets, or empties them when an earlier run has left them. */
export async function makeBuckets(client: S3Client, buckets: string[]): Promise<void> {
  for (const Bucket of buckets) {
    await client.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
      if (!(error instanceof S3ServiceException && error.name.startsWith('BucketAlready'))) throw error;
    });
    await emptyBucket(client, Bucket);
  }
}

/** The real engine and a client for it, until the test ends. */
export async function engineFor(t: TestContext): Promise<{ engine: S3Engine; client: S3Client }> {
  const engine = await openEngine();
  const client = localClient(engine);
  t.after(async () => {
    client.destroy();
    await engine.stop();
  });
  return { engine, client };
}

/** The real engine, with these buckets, empty. */
export async function engineWith(buckets: string[]): Promise<S3Engine> {
  const engine = await openEngine();
  const client = localClient(engine);
  await makeBuckets(client, buckets);
  client.destroy();
  return engine;
}

/** Deletes all objects of a bucket, and aborts all its unfinished multipart uploads. */
export async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket, Key }));
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of Uploads)
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
}

/** A store over a real engine, in two new buckets; closing it stops the engine. */
export async function engineHarness(engine: S3Engine, versioned: boolean): Promise<S3Harness> {
  const client = localClient(engine);
  const [bucket, resultsBucket] = [`uploads-${randomUUID()}`, `results-${randomUUID()}`];
  for (const Bucket of [bucket, resultsBucket]) await client.send(new CreateBucketCommand({ Bucket }));
  if (versioned) {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  }
  return harness(client, bucket, resultsBucket, () => engine.stop());
}

/** A store over the stand-in, and the stand-in itself. */
export async function standInHarness(versioned: boolean): Promise<S3Harness & { standIn: S3StandIn }> {
  const standIn = new S3StandIn();
  const endpoint = await standIn.start();
  standIn.model.createBucket('uploads', versioned);
  standIn.model.createBucket('results');
  const client = localClient({ endpoint, credentials: { accessKeyId: 'any', secretAccessKey: 'any' } });
  return { ...harness(client, 'uploads', 'results', () => standIn.stop()), standIn };
}

function harness(client: S3Client, bucket: string, resultsBucket: string, stop: () => Promise<void>): S3Harness {
  const tools = nativeTools();
  return {
    ...s3Store({ client }, resultsBucket, tools),
    client,
    bucket,
    resultsBucket,
    async upload(key, bytes) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes }));
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async resultKeys() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: resultsBucket }));
      return Contents.map(({ Key = '' }) => Key);
    },
    async unfinished() {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: resultsBucket }));
      return Uploads.map(({ Key = '' }) => Key);
    },
    async close() {
      tools.close();
      client.destroy();
      await stop();
    },
  };
}
