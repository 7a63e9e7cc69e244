import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { isSidecar } from '../core/service/keys.ts';
import { endedBy, type S3Access } from '../s3/client.ts';
import { markOf } from './known.ts';

/**
 * An upload in a bucket listing. `mark` is a hash of its key, ETag, size and time of last modification. A later upload
 * to the same key has another hash.
 */
export interface Listed {
  key: string;
  mark: bigint;
}

/**
 * Yields all uploads in a bucket: every object but the JSON objects that hold options. Only one page of the listing, at
 * most 1,000 keys, is in memory at a time.
 */
export async function* listUploads(access: S3Access, bucket: string): AsyncGenerator<Listed, void, undefined> {
  const { client, signal } = access;
  for (let from: string | undefined; ;) {
    // Encoded, because XML cannot hold every character that a key may have.
    const page = { Bucket: bucket, ContinuationToken: from, EncodingType: 'url' as const };
    const answer = await client.send(new ListObjectsV2Command(page), endedBy(signal));
    const encoded = answer.EncodingType === 'url';
    for (const { Key = '', ETag = '', Size = 0, LastModified } of answer.Contents ?? []) {
      const key = encoded ? decoded(Key) : Key;
      if (!isSidecar(key)) yield { key, mark: markOf([key, ETag, Size, LastModified?.getTime() ?? 0]) };
    }
    from = answer.NextContinuationToken;
    if (answer.IsTruncated !== true || from === undefined) return;
  }
}

/**
 * Decodes a key in a bucket listing, and returns it. A space is `+` in Amazon S3, and `%20` in Ceph; a plus sign is
 * `%2B` in both.
 */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
