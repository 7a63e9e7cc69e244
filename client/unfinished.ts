import { ListMultipartUploadsCommand, ListPartsCommand, type Part, S3ServiceException } from '@aws-sdk/client-s3';
import { endedBy, lacksCall, type S3Access } from '../s3/client.ts';
import type { Target } from '../s3/multipart.ts';
import { isForbidden } from './failures.ts';

/** A multipart upload that was begun and not ended, with the parts that S3 already has. */
export interface Unfinished {
  id: string;
  /** The parts of the upload by number, from 1. */
  parts: Map<number, Part>;
}

/**
 * Finds the newest unfinished multipart upload to a key that has parts which all satisfy `fits`. Null when there is
 * none, when the caller has no right to list them, or when the store cannot list them: then the upload begins anew.
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
 * The ids of the unfinished multipart uploads to a key, newest first. S3 lists them in the order of keys, so those of
 * this key are on the first page, before those of longer keys.
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
 * The parts that S3 has of a multipart upload. Empty when the upload was ended meanwhile. The SDK's paginator is not
 * used, because it would never end: it goes on while S3 returns a marker, which S3 does on the last page, too.
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
