import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { SIDECAR_SUFFIX } from '../core/service/keys.ts';
import { endedBy, type S3Access } from '../s3/client.ts';
import { markOf } from './known.ts';

/** An upload as a listing shows it. Its `mark` differs from that of any other upload, to this key or to another. */
export interface Listed {
  key: string;
  mark: bigint;
}

/** Yields all uploads in a bucket. One answer of the store, with at most 1,000 keys, is in memory at a time. */
export async function* listUploads(access: S3Access, bucket: string): AsyncGenerator<Listed, void, undefined> {
  const { client, signal } = access;
  for (let from: string | undefined; ;) {
    // Encoded, because XML cannot hold every character that a key may have.
    const page = { Bucket: bucket, ContinuationToken: from, EncodingType: 'url' as const };
    const answer = await client.send(new ListObjectsV2Command(page), endedBy(signal));
    const encoded = answer.EncodingType === 'url';
    for (const { Key = '', ETag = '', Size = 0, LastModified } of answer.Contents ?? []) {
      const key = encoded ? decoded(Key) : Key;
      if (!key.endsWith(SIDECAR_SUFFIX)) yield { key, mark: markOf([key, ETag, Size, LastModified?.getTime() ?? 0]) };
    }
    from = answer.NextContinuationToken;
    if (answer.IsTruncated !== true || from === undefined) return;
  }
}

/** Amazon S3 writes a space as `+`, and Ceph as `%20`. Both write a plus sign as `%2B`. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
