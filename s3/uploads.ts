import {
  GetObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { collected } from '../core/model/bytes.ts';
import { LadingError } from '../core/model/errors.ts';
import { joinedSource } from '../core/model/joined-source.ts';
import type { Source } from '../core/model/ports.ts';
import { readingAhead } from '../core/model/reading-ahead.ts';
import { objectsOf, type UploadIdentity, type UploadNotice, type Uploads } from '../core/service/stores.ts';
import { bareEtag, endedBy, isMissing, type S3Access } from './client.ts';
import { readRanges } from './ranges.ts';
import { refusedForGood } from './refusals.ts';

/** The store of uploads in S3 buckets, only for reading. */
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
    const sources = objectsOf(identity).map((object) => {
      const { size } = object;
      return { size, source: { open: (start = 0, end = size) => readRanges(this.#access, object, start, end) } };
    });
    return readingAhead(joinedSource(sources), identity.size);
  }

  async small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null> {
    const object = await readUpTo(this.#access, bucket, key, maxBytes).catch((error: unknown) => {
      throw refusedForGood(error, this.#access.ownKey) ?? error;
    });
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
      throw isWordless(error) ? await this.#explained(error, { bucket, key, versionId }) : error;
    }
  }

  /**
   * Finds the reason why S3 refused a HEAD request. The answer to HEAD does not tell the reason, because it has no
   * body. So this requests one byte of the object with GET, and takes the reason from the error in that answer. Returns
   * `error` itself when no other reason is found.
   */
  async #explained(error: unknown, { bucket, key, versionId }: Place): Promise<unknown> {
    const { client, owner, signal, ownKey } = this.#access;
    const version = versionId === null ? {} : { VersionId: versionId };
    const object = { Bucket: bucket, Key: key, ...version, Range: 'bytes=0-0', ExpectedBucketOwner: owner };
    try {
      await client.send(new GetObjectCommand(object), endedBy(signal));
      return error;
    } catch (worded) {
      return refusedForGood(worded, ownKey) ?? error;
    }
  }
}

type Place = Pick<UploadNotice, 'bucket' | 'key' | 'versionId'>;

/**
 * True for an error with status 400. S3 answers a HEAD request with it when the object is encrypted with SSE-C. The
 * answer does not tell this reason, because an answer to HEAD has no body.
 */
function isWordless(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 400;
}

/**
 * Reads an S3 object as a whole, and returns its bytes and its ETag. Returns null when the object does not exist. When
 * it is larger than `maxBytes`, the request ends as soon as that is known, and the returned `bytes` is null.
 */
export async function readUpTo(
  { client, owner, signal }: S3Access,
  bucket: string,
  key: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array | null; etag: string } | null> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key, ExpectedBucketOwner: owner });
  try {
    const { Body: body, ETag: etag } = await client.send(command, endedBy(signal));
    // `Content-Length` is not used, because not every store sends it.
    const bytes = await collected((body ?? []) as AsyncIterable<Uint8Array>, maxBytes);
    return { bytes, etag: bareEtag(etag) };
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
