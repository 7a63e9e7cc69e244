import { HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';
import { bareEtag, endedBy, isMissing, type S3Access } from '../s3/client.ts';
import { crc32Base64, type Description, type MultipartUpload, type Target, type Written } from '../s3/multipart.ts';
import type { Sending, Uploaded } from './sending.ts';

/** Stores bytes as an S3 object, in place of any object with that key. Returns the new ETag and version. */
export async function put(
  { client, signal }: S3Access,
  { bucket, key }: Target,
  bytes: Uint8Array,
  description: Description,
): Promise<Written> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ...description });
  const { ETag, VersionId } = await client.send(command, endedBy(signal));
  return { etag: bareEtag(ETag), versionId: VersionId ?? null };
}

/**
 * Uploads an archive of few bytes in a single request, because it would have only one part as a multipart upload.
 * Throws `source-changed` when the file to upload is no longer the one that was opened. Returns the new ETag, the
 * version and the size.
 */
export async function sendWhole(sending: Sending, bytes: Uint8Array): Promise<Uploaded> {
  const { access, target, description, archive, onProgress } = sending;
  await archive.assertUnchanged();
  const written = await put(access, target, bytes, description);
  onProgress(bytes.length);
  return { ...written, size: bytes.length, parts: 1, kept: 0 };
}

/**
 * Completes a multipart upload; `whole` is the size and the CRC-32 of its object. Returns the new ETag and version.
 * Also succeeds when S3 has completed it before, and only the answer was lost. Throws `store-failed` when somebody else
 * has ended the upload.
 */
export async function finish(
  { access, target }: Sending,
  multipart: MultipartUpload,
  whole: { size: number; crc32: number },
): Promise<Written> {
  const written = (await multipart.complete(whole, {})) ?? (await completedBefore(access, target, multipart, whole));
  if (written !== null) return written;
  throw new LadingError('store-failed', `Cannot finish ${target.key}: somebody else has ended this upload meanwhile.`);
}

async function completedBefore(
  { client, signal }: S3Access,
  { bucket, key }: Target,
  { etag }: MultipartUpload,
  { size, crc32 }: { size: number; crc32: number },
): Promise<Written | null> {
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' });
  try {
    const head = await client.send(command, endedBy(signal));
    const same = bareEtag(head.ETag) === etag || head.ChecksumCRC32 === crc32Base64(crc32);
    if (!same || head.ContentLength !== size) return null;
    return { etag: bareEtag(head.ETag), versionId: head.VersionId ?? null };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
