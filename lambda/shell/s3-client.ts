import { S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { LadingError } from '../core/errors.ts';
import type { UploadIdentity } from '../core/ports.ts';

/** How the stores talk to S3. */
export interface S3Access {
  client: S3Client;
  /** Ends every request when the invocation's time is over. */
  signal?: AbortSignal | undefined;
  /** The account that must own the buckets; S3 refuses when another one does. */
  owner?: string | undefined;
  /** Bytes of memory that the process has; absent: enough. */
  memory?: number | undefined;
  /** How long an answer may stand still while it is read, in milliseconds. */
  patience?: number | undefined;
}

/** A client for S3, or for a store like it: `S3_PATH_STYLE` is `true` where buckets are no host names. */
export function newClient(env: NodeJS.ProcessEnv, more: S3ClientConfig = {}): S3Client {
  return new S3Client({
    maxAttempts: 5,
    forcePathStyle: env['S3_PATH_STYLE'] === 'true',
    // S3 is silent for long while it copies a part of half a GiB, but not for minutes.
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 120_000 },
    ...more,
  });
}

/** What ends a request early, as the SDK takes it. */
export function endedBy(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** False when the SDK was told to leave checksums out: some S3-compatible stores stumble over them. */
export async function sendsChecksums({ client }: S3Access): Promise<boolean> {
  return (await client.config.requestChecksumCalculation()) === 'WHEN_SUPPORTED';
}

/** How an upload is named in every request that reads it. */
export function pinned(upload: UploadIdentity): { VersionId?: string; IfMatch: string } {
  return { ...(upload.versionId !== null && { VersionId: upload.versionId }), IfMatch: `"${upload.etag}"` };
}

/** An ETag without the quotes of HTTP, as events carry it. */
export function bareEtag(etag: string | undefined): string {
  return etag?.replaceAll('"', '') ?? '';
}

/**
 * True when S3 says that an object, or this version of it, is not there. 403 is not taken for absence, though S3 says
 * so to callers without `s3:ListBucket`: an upload that may not be read would be dropped in silence.
 */
export function isMissing(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  if (error.name === 'NoSuchBucket' || error.name === 'NoSuchUpload') return false;
  return error.$metadata.httpStatusCode === 404 || error.name === 'NoSuchKey';
}

/** True when S3 says that the upload is gone, or has not the ETag or the bytes any more that it is known by. */
export function isChanged(error: unknown): boolean {
  if (isMissing(error)) return true;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  return status === 412 || status === 416;
}

/** True when the same request may succeed a moment later: S3 was busy, or the connection broke. */
export function isPassing(error: unknown): boolean {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 500) : 500;
  return status >= 500 || status === 408 || status === 429 || status === 200;
}

export function sourceChanged(key: string, cause?: unknown): LadingError {
  return new LadingError('source-changed', `Cannot read ${key}: it was replaced or deleted meanwhile`, { cause });
}

/** The same error, or `deadline` when it only says that the signal ended the request. */
export function orDeadline(error: unknown, key: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted !== true || error instanceof LadingError) return error;
  return new LadingError('deadline', `Cannot finish ${key}: the time of this invocation is over`, { cause: error });
}

/** The headers that make a change conditional; none for one that is to happen anyhow. */
export type Condition = { IfMatch?: string; IfNoneMatch?: '*' };

/** The change is to happen only if what is there has this ETag; null: if nothing is there. */
export function onlyIf(expected: string | null): Condition {
  // Without quotes, which Ceph does not take here.
  return expected === null ? { IfNoneMatch: '*' } : { IfMatch: expected };
}

/** True when S3 says that something else is there than the request expects, or is being written at this moment. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof S3ServiceException)) return false;
  const status = error.$metadata.httpStatusCode;
  return status === 412 || status === 409 || (status === 404 && error.name !== 'NoSuchBucket');
}
