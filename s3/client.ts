import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';
import type { UploadIdentity } from '../core/service/stores.ts';

/** The S3 client, and the limits for its requests. */
export interface S3Access {
  client: S3Client;
  /** Aborts every request when the invocation's time is over. */
  signal?: AbortSignal | undefined;
  /** Account number of the owner of the buckets. S3 refuses a request to a bucket of another account. */
  owner?: string | undefined;
  /** ARN of the KMS key of the buckets, when they have one. */
  ownKey?: string | undefined;
  /** Memory of the process in bytes. Absent: no limit. */
  memory?: number | undefined;
  /** Milliseconds without a new byte after which a ranged request is aborted and tried again. Default: 15,000. */
  patience?: number | undefined;
}

/** A client for S3 or an S3-compatible store. Set `S3_PATH_STYLE` to `true` if the bucket is not in the host name. */
export function newClient(env: NodeJS.ProcessEnv, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 5,
    forcePathStyle: env['S3_PATH_STYLE'] === 'true',
    // S3 sends nothing while it copies a part of half a GiB. That takes long, but not minutes.
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 120_000 },
    ...more,
  });
}

/** The request option with which the SDK aborts a request on `signal`. */
export function endedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** False when the SDK is configured to send no checksums. Some S3-compatible stores fail on them. */
export async function sendsChecksums({ client }: S3Access): Promise<boolean> {
  return (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
}

/** The parameters that make a request read this very upload, and no other object under the same key. */
export function pinned(upload: UploadIdentity): { VersionId?: string; IfMatch: string } {
  return { ...(upload.versionId !== null && { VersionId: upload.versionId }), IfMatch: `"${upload.etag}"` };
}

/** The ETag without the quotes that HTTP puts around it. Events have it without quotes, too. */
export function bareEtag(etag: string | undefined): string {
  return etag?.replaceAll('"', '') ?? '';
}

/**
 * True when S3 says that an object, or this version of it, does not exist. A 403 does not count, although S3 answers it
 * to callers without `s3:ListBucket`: otherwise an upload that may not be read would be ignored without a word.
 */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  if (error.name === 'NoSuchBucket' || error.name === 'NoSuchUpload') return false;
  return error.$metadata.httpStatusCode === 404 || error.name === 'NoSuchKey';
}

/** True when S3 says that the upload no longer exists, has another ETag (412), or is shorter than it was (416). */
export function isChanged(error: unknown): boolean {
  if (isMissing(error)) return true;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || status === 416;
}

/**
 * True when the store says that it has no such call, or not for this resource. Amazon S3 has all calls that are made.
 */
export function lacksCall(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 501 || status === 405 || error.name === 'NotImplemented';
}

/** True when the same request may succeed a moment later, because S3 was busy or the connection broke. */
export function isPassing(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  return status >= 500 || status === 408 || status === 429 || status === 200;
}

export function sourceChanged(key: string, cause?: unknown): LadingError {
  return new LadingError('source-changed', `Cannot read ${key}: it was replaced or deleted meanwhile`, { cause });
}

/** The error `deadline` when `signal` has aborted the request, otherwise `error` itself. */
export function orDeadline(error: unknown, key: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || error instanceof LadingError) return error;
  return new LadingError('deadline', `Cannot finish ${key}: the time of this invocation is over`, { cause: error });
}

/** Request parameters that make a change conditional. Empty for an unconditional change. */
export type Condition = { IfMatch?: string; IfNoneMatch?: '*' };

/** The condition that the object has the ETag `expected`. For null: that there is no object. */
export function onlyIf(expected: string | null): Condition {
  // No quotes around the ETag: Ceph does not accept them here.
  return expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
}

/**
 * True when S3 refused a conditional change: the object is not the expected one (412), is being written at the moment
 * (409), or does not exist (404). A multipart upload that no longer exists counts, too.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 412 || status === 409 || (status === 404 && error.name !== 'NoSuchBucket');
}
