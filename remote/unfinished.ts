import { ListMultipartUploadsCommand, ListPartsCommand, type Part, S3ServiceException } from '@aws-sdk/client-s3';
import { endedBy, lacksCall, type S3Access } from '../s3/client.ts';
import type { Target } from '../s3/multipart.ts';
import { isForbidden } from './failures.ts';

/** A multipart upload that was begun but not completed or aborted, with the parts that S3 already has. */
export interface Unfinished {
  id: string;
  /** The parts of the multipart upload that S3 already has, by their number from 1. */
  parts: Map<number, Part>;
}

/**
 * Finds the newest unfinished multipart upload to a key that has at least one part, and whose parts all satisfy `fits`.
 * Null when there is none. Null also when unfinished uploads cannot be listed, because the caller lacks the permission
 * or the store does not support the request.
 */
export async function findUnfinished(
  access: S3Access,
  target: Target,
  fits: (part: Part) => boolean,
): Promise<Unfinished | null> {
  try {
    for (const id of await unfinishedIds(access, target)) {
      const parts = await partsOf(access, target, id);
      if (parts.length > 0 && parts.every(fits))
        return { id, parts: new Map(parts.map((each) => [each.PartNumber ?? 0, each])) };
    }
    return null;
  } catch (error) {
    if (isForbidden(error) || lacksCall(error)) return null;
    throw error;
  }
}

/**
 * The ids of the unfinished multipart uploads to a key, newest first. Reads only the first page of S3's list. The list
 * has the uploads to all keys that begin with `key`, sorted by key, so those to `key` itself come first.
 */
async function unfinishedIds({ client, signal }: S3Access, { bucket, key }: Target): Promise<string[]> {
  const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key });
  const { Uploads: uploads = [] } = await client.send(command, endedBy(signal));
  return uploads
    .filter((each) => each.Key === key)
    .toSorted((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0))
    .flatMap((each) => each.UploadId ?? []);
}

/**
 * The parts that S3 already has of a multipart upload; empty when the upload no longer exists. The SDK's paginator is
 * not used, because it would never end: S3 returns a marker even on the last page.
 */
async function partsOf({ client, signal }: S3Access, { bucket, key }: Target, id: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (let marker: string | undefined; ;) {
    const command = new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: id, PartNumberMarker: marker });
    const page = await client.send(command, endedBy(signal)).catch(unlessEnded);
    if (page === null) return [];
    for (const part of page.Parts ?? []) parts.push(part);
    if (page.IsTruncated !== true) return parts;
    marker = page.NextPartNumberMarker;
  }
}

function unlessEnded(error: unknown): null {
  if (error instanceof S3ServiceException && error.name === 'NoSuchUpload') return null;
  throw error;
}
