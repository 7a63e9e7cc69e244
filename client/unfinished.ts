import { ListMultipartUploadsCommand, ListPartsCommand } from '@aws-sdk/client-s3';
import type { Part } from '@aws-sdk/client-s3';
import { endedBy } from '../lambda/shell/s3-client.ts';
import type { S3Access } from '../lambda/shell/s3-client.ts';
import type { Target } from '../lambda/shell/s3-multipart.ts';
import { isForbidden } from './failures.ts';

/** A multipart upload that was begun and not ended, and the parts that S3 has of it. */
export interface Unfinished {
  id: string;
  /** By number, from 1. */
  parts: Map<number, Part>;
}

/**
 * The latest unfinished upload to a key that has parts, all of them as `fits` wants them; null also when S3 does not let
 * the caller look.
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
    if (isForbidden(error)) return null;
    throw error;
  }
}

/** The latest first. Keys that begin with this one stand behind it, so that it is on the first page. */
async function unfinishedIds({ client, signal }: S3Access, { bucket, key }: Target): Promise<string[]> {
  const command = new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: key });
  const { Uploads: uploads = [] } = await client.send(command, endedBy(signal));
  return uploads
    .filter((each) => each.Key === key)
    .toSorted((a, b) => (b.Initiated?.getTime() ?? 0) - (a.Initiated?.getTime() ?? 0))
    .flatMap((each) => each.UploadId ?? []);
}

/** Not by the SDK's paginator: it goes on for as long as S3 names a marker, which it also does on the last page. */
async function partsOf({ client, signal }: S3Access, { bucket, key }: Target, id: string): Promise<Part[]> {
  const parts: Part[] = [];
  for (let marker: string | undefined; ;) {
    const command = new ListPartsCommand({ Bucket: bucket, Key: key, UploadId: id, PartNumberMarker: marker });
    const page = await client.send(command, endedBy(signal));
    parts.push(...(page.Parts ?? []));
    if (page.IsTruncated !== true) return parts;
    marker = page.NextPartNumberMarker;
  }
}
