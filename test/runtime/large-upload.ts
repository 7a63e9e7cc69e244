import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Digest } from '../../core/model/digest.ts';
import { archive, exportEntries, header, member } from '../support/tar-builder.ts';
import { plainTools } from '../support/tools.ts';

const PIECE = 64 * 2 ** 20;
const PIECES = 60;

/** A container export of 4 GB. */
export interface LargeUpload {
  size: number;
  /** Yields all bytes of the upload, in order. */
  bytes(): Generator<Buffer>;
  digest: Digest;
}

/** Stores a container export of 4 GB, mostly repeated noise, in a bucket. The S3 server itself copies the repeats. */
export async function putLargeUpload(client: S3Client, Bucket: string, Key: string): Promise<LargeUpload> {
  const noise = randomBytes(PIECE);
  const file = header({ name: 'var/large', size: PIECE * PIECES });
  const head = Buffer.concat([...exportEntries().map(member), file, noise]);
  const tail = archive([]);
  const Seed = `${Key}.seed`;
  await client.send(new PutObjectCommand({ Bucket, Key: Seed, Body: noise }));
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  const part = { Bucket, Key, UploadId };
  const first = await client.send(new UploadPartCommand({ ...part, PartNumber: 1, Body: head }));
  const Parts = [{ PartNumber: 1, ETag: first.ETag }];
  const hash = plainTools.newHasher();
  await hash.update(head);
  for (let PartNumber = 2; PartNumber <= PIECES; PartNumber += 1) {
    const copying = client.send(new UploadPartCopyCommand({ ...part, PartNumber, CopySource: `${Bucket}/${Seed}` }));
    await hash.update(noise); // while the S3 server copies
    Parts.push({ PartNumber, ETag: (await copying).CopyPartResult?.ETag });
  }
  await hash.update(tail);
  const last = await client.send(new UploadPartCommand({ ...part, PartNumber: PIECES + 1, Body: tail }));
  Parts.push({ PartNumber: PIECES + 1, ETag: last.ETag });
  await client.send(new CompleteMultipartUploadCommand({ ...part, MultipartUpload: { Parts } }));
  await client.send(new DeleteObjectCommand({ Bucket, Key: Seed }));
  const bytes = function* (): Generator<Buffer> {
    yield head;
    for (let piece = 1; piece < PIECES; piece += 1) yield noise;
    yield tail;
  };
  return { size: head.length + (PIECES - 1) * PIECE + tail.length, bytes, digest: await hash.digest() };
}

/** Fails unless the image archive contains the whole upload, byte for byte. The upload must begin in its first MiB. */
export async function assertHolds(image: AsyncIterable<Uint8Array>, upload: LargeUpload): Promise<void> {
  const [first = Buffer.alloc(0)] = upload.bytes();
  const expected = upload.bytes();
  let want: Buffer = Buffer.alloc(0);
  let held: Buffer = Buffer.alloc(0);
  let compared = 0;
  for await (const chunk of image) {
    held = Buffer.concat([held, chunk]);
    if (compared === 0 && held.length < 2 ** 20) continue;
    if (compared === 0) held = held.subarray(held.indexOf(first.subarray(0, 4096)));
    while (held.length > 0 && compared < upload.size) {
      if (want.length === 0) want = expected.next().value ?? assert.fail();
      const length = Math.min(want.length, held.length);
      assert.ok(want.subarray(0, length).equals(held.subarray(0, length)), `another byte after ${compared}`);
      [want, held, compared] = [want.subarray(length), held.subarray(length), compared + length];
    }
  }
  assert.equal(compared, upload.size);
}
