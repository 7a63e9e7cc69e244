import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { newClient } from '../s3/client.ts';
import { inParallel } from '../s3/parallel.ts';
import { s3Uploads } from '../s3/store.ts';
import { BUCKETS, lambdaContext, loadFunctions, objectCreated, queued } from '../test/support/functions.ts';
import type { Workload } from './workload.ts';
import type { Figures } from './measure.ts';

const { uploads: UPLOADS, results: RESULTS } = BUCKETS;

/**
 * The jobs to measure on an archive in S3, by name. Environment variables say where the store is (see `environment` in
 * stores.ts).
 */
export const S3_WORKLOADS: Record<string, Workload> = {
  'one-get': async (key) => {
    const client = newClient(process.env);
    return async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: UPLOADS, Key: key }));
      for await (const chunk of Body as AsyncIterable<Uint8Array>) void chunk;
      return {};
    };
  },
  ranges: async (key) => {
    const { uploads } = s3Uploads(process.env, new AbortController().signal);
    const found = await uploads.find({ bucket: UPLOADS, key, versionId: null, etag: null, sequencer: null });
    if (found === null) throw new Error(`Cannot read ${key}: it is not there`);
    return async () => {
      for await (const chunk of uploads.source(found.identity).open()) void chunk;
      return {};
    };
  },
  'inspect-function': async (key) => {
    const { inspect } = await functions();
    return async () => {
      await inspect(queued(objectCreated(UPLOADS, key)), lambdaContext());
      return {};
    };
  },
  'convert-function': async (key) => {
    const { convert } = await functions();
    return async () => {
      await convert(queued(objectCreated(RESULTS, `${key}/inspection.json`)), lambdaContext());
      return { 'bytes sent': await bytesSent(key) };
    };
  },
  'down-and-up': async (key) => {
    const client = newClient(process.env);
    const { ContentLength: size = 0 } = await client.send(new HeadObjectCommand({ Bucket: UPLOADS, Key: key }));
    return () => downAndUp(client, key, size);
  },
};

function functions(): ReturnType<typeof loadFunctions> {
  const { env } = process;
  const credentials = {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
  };
  return loadFunctions({ endpoint: env['AWS_ENDPOINT_URL_S3'] ?? '', credentials });
}

async function bytesSent(key: string): Promise<number> {
  const manifest = new GetObjectCommand({ Bucket: RESULTS, Key: `${key}/manifest.json` });
  const { Body } = await newClient(process.env).send(manifest);
  const { outcome, cost } = JSON.parse((await Body?.transformToString()) ?? '') as ArchiveManifest;
  if (outcome !== 'converted') throw new Error(`Cannot measure the conversion of ${key}: ${outcome}`);
  return cost.bytesSent;
}

/** The number of bytes of one part in which `downAndUp` fetches and sends an object, as in `aws s3 cp` by default. */
const PIECE = 8 * 2 ** 20;
/** The number of parts that `downAndUp` fetches or sends at a time, as in `aws s3 cp` by default. */
const IN_FLIGHT = 10;

/**
 * Downloads the object `key` of `size` bytes to a file, then uploads the file. The benchmark compares the convert
 * function with this. Returns the bytes sent, as the figure `bytes sent`.
 */
async function downAndUp(client: S3Client, key: string, size: number): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'lading-again-'));
  const file = await open(join(dir, 'file'), 'w+');
  const pieces = Array.from({ length: Math.ceil(size / PIECE) }, (_, index) => index);
  await inParallel(pieces, IN_FLIGHT, (index) => download(client, key, file, index));
  const target = { Bucket: RESULTS, Key: `${key}/again` };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(target));
  const tags: { PartNumber: number; ETag: string | undefined }[] = [];
  await inParallel(pieces, IN_FLIGHT, async (index) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE), 0, PIECE, index * PIECE);
    const part = { ...target, UploadId, PartNumber: index + 1, Body: buffer.subarray(0, bytesRead) };
    tags[index] = { PartNumber: index + 1, ETag: (await client.send(new UploadPartCommand(part))).ETag };
  });
  await client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts: tags } }));
  await file.close();
  await rm(dir, { recursive: true });
  return { 'bytes sent': size };
}

async function download(client: S3Client, key: string, file: FileHandle, index: number): Promise<void> {
  const Range = `bytes=${index * PIECE}-${(index + 1) * PIECE - 1}`;
  const { Body } = await client.send(new GetObjectCommand({ Bucket: UPLOADS, Key: key, Range }));
  let at = index * PIECE;
  for await (const chunk of Body as AsyncIterable<Uint8Array>)
    at += (await file.write(chunk, 0, chunk.length, at)).bytesWritten;
}
