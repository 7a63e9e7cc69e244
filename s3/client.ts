import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';
import type { UploadIdentity } from '../core/service/stores.ts';

/** The access to S3: the client, and the limits for its requests. */
export interface S3Access {
  client: S3Client;
  /** Aborts every S3 request, for instance when the time of the Lambda invocation is over. */
  signal?: AbortSignal | undefined;
  /**
   * The id of the AWS account that must own every bucket: S3 refuses requests to buckets of other accounts. Undefined
   * when buckets of any account may be used.
   */
  owner?: string | undefined;
  /**
   * The ARN of the KMS key that the service's own buckets use; undefined when they have none. When S3 cannot use this
   * key, the operator must repair that; when S3 cannot use another key, the uploader chose it.
   */
  ownKey?: string | undefined;
  /** The memory of the process in bytes, which limits the buffers for reading; no limit when it is absent. */
  memory?: number | undefined;
  /**
   * The time in milliseconds without a new byte after which a ranged request is aborted and tried again; by default
   * 15,000.
   */
  patience?: number | undefined;
}

/** The HTTP agents that open the connections of an S3 client, in place of the AWS SDK's own. */
export interface Agents {
  httpAgent?: HttpAgent;
  httpsAgent?: HttpsAgent;
}

/**
 * Makes a client for S3 or an S3-compatible store. Set the environment variable `S3_PATH_STYLE` to `true` for stores
 * whose host name does not contain the bucket. `more` has further settings of the AWS SDK, and `agents` opens the
 * connections.
 */
export function newClient(env: NodeJS.ProcessEnv, more: S3ClientConfig = {}, agents: Agents = {}): S3Client {
  return new S3Client({
    maxAttempts: 5,
    forcePathStyle: env['S3_PATH_STYLE'] === 'true',
    // S3 sends nothing while it copies a part of half a GiB. That takes long, but not minutes.
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 120_000, ...agents },
    ...more,
  });
}

/** The request option by which the AWS SDK aborts a request when `signal` is aborted; empty without a signal. */
export function endedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** False when the AWS SDK is configured to send no checksums, which some S3-compatible stores do not understand. */
export async function sendsChecksums({ client }: S3Access): Promise<boolean> {
  return (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
}

/**
 * The parameters of an S3 request that make it read exactly this version of an upload. If another object has replaced
 * the upload, the request fails.
 */
export function pinned(upload: UploadIdentity): { VersionId?: string; IfMatch: string } {
  return { ...(upload.versionId !== null && { VersionId: upload.versionId }), IfMatch: `"${upload.etag}"` };
}

/**
 * Removes the quotation marks around an ETag in HTTP. S3 events have ETags without them. Returns an empty text for
 * undefined.
 */
export function bareEtag(etag: string | undefined): string {
  return etag?.replaceAll('"', '') ?? '';
}

/**
 * True for the error of S3 that an object, or this version of it, does not exist. False for a 403: S3 also gives it for
 * missing objects if `s3:ListBucket` is not granted, but an upload that may not be read must not be ignored.
 */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  if (error.name === 'NoSuchBucket' || error.name === 'NoSuchUpload') return false;
  return error.$metadata.httpStatusCode === 404 || error.name === 'NoSuchKey';
}

/**
 * True for an error of S3 because an upload has changed: it is missing, has another ETag (412), or is shorter than the
 * range (416).
 */
export function isChanged(error: unknown): boolean {
  if (isMissing(error)) return true;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || status === 416;
}

/** True for the error of an S3-compatible store that does not support a request. Amazon S3 never gives it. */
export function lacksCall(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 501 || status === 405 || error.name === 'NotImplemented';
}

/**
 * True for an error after which the same S3 request may soon succeed: S3 was busy, or the connection broke. Every error
 * that is not an answer of S3 counts as a broken connection. False when S3 refused the request.
 */
export function isPassing(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  return status >= 500 || status === 408 || status === 429 || status === 200;
}

export function sourceChanged(key: string, cause?: unknown): LadingError {
  return new LadingError('source-changed', `Cannot read ${key}: it was replaced or deleted meanwhile`, { cause });
}

/**
 * Returns the error `deadline` in place of the error of an S3 request if `signal` has aborted the request. Any other
 * error is returned as it is. The message names `key`.
 */
export function orDeadline(error: unknown, key: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || error instanceof LadingError) return error;
  return new LadingError('deadline', `Cannot finish ${key}: the time of this invocation is over`, { cause: error });
}

/**
 * The request parameters that make a change in S3 conditional, so that it is made only if nobody else has changed the
 * object; empty for an unconditional change.
 */
export type Condition = { IfMatch?: string; IfNoneMatch?: '*' };

/**
 * The request parameters by which S3 makes a change only if nobody else has changed the object: it must still have the
 * ETag `expected`, or must not exist if `expected` is null.
 */
export function onlyIf(expected: string | null): Condition {
  // No quotes around the ETag: Ceph does not accept them here.
  return expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
}

/**
 * True for an error of S3 that means that a conditional change was not made: the object has another ETag (412), is
 * being written just now (409), or does not exist (404). True also when the multipart upload no longer exists (404),
 * but not when the bucket does not exist.
 */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 412 || status === 409 || (status === 404 && error.name !== 'NoSuchBucket');
}
