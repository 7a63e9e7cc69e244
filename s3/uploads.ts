import { GetObjectCommand, HeadObjectCommand, type HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';
import type { Source } from '../core/model/ports.ts';
import type { UploadIdentity, UploadNotice, Uploads } from '../core/service/stores.ts';
import { bareEtag, endedBy, isMissing, type S3Access } from './client.ts';
import { readRanges } from './ranges.ts';

/** Reads uploads from S3 buckets. */
export class S3Uploads implements Uploads {
  readonly #access: S3Access;

  constructor(access: S3Access) {
    this.#access = access;
  }

  async find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null> {
    const { bucket, key, sequencer } = notice;
    const head = await this.#head(notice);
    if (head === null) return null;
    const etag = bareEtag(head.ETag);
    const versionId = head.VersionId ?? null;
    if (notice.etag !== null && bareEtag(notice.etag) !== etag) return null;
    const identity = { bucket, key, versionId, etag, size: head.ContentLength ?? 0, sequencer };
    return { identity, metadata: head.Metadata ?? {} };
  }

  source(identity: UploadIdentity): Source {
    return { open: (start = 0, end = identity.size) => readRanges(this.#access, identity, start, end) };
  }

  async small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null> {
    const object = await readUpTo(this.#access, bucket, key, maxBytes);
    if (object === null) return null;
    if (object.bytes !== null) return object.bytes;
    throw new LadingError('too-large', `Cannot read ${key}: it is larger than ${maxBytes} bytes`);
  }

  async #head({ bucket, key, versionId }: UploadNotice): Promise<HeadObjectCommandOutput | null> {
    const { client, owner, signal } = this.#access;
    const version = versionId === null ? {} : { VersionId: versionId };
    const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ...version, ExpectedBucketOwner: owner });
    try {
      return await client.send(command, endedBy(signal));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

/**
 * Reads a whole S3 object. Null when the object does not exist; its `bytes` are null when it has more than `maxBytes`.
 */
export async function readUpTo(
  { client, owner, signal }: S3Access,
  bucket: string,
  key: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array | null; etag: string } | null> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
  try {
    const { Body: body, ContentLength: length = 0, ETag: etag } = await client.send(command, endedBy(signal));
    if (length <= maxBytes)
      return { bytes: (await body?.transformToByteArray()) ?? new Uint8Array(), etag: bareEtag(etag) };
    if (body !== undefined && 'destroy' in body) body.destroy();
    return { bytes: null, etag: bareEtag(etag) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
