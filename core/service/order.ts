import type { UploadIdentity } from './stores.ts';

/** What tells one upload to a key from another. */
export type UploadStamp = Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;

/** How one upload to a key stands to another; `unknown` where only the bucket itself can tell. */
export type Order = 'older' | 'same' | 'newer' | 'unknown';

/** How `one` stands to `other`, both uploads to the same key, as far as their marks tell (docs/decisions/0013-order-of-events.md). */
export function orderOf(one: UploadStamp, other: UploadStamp): Order {
  const [version, otherVersion] = [versionOf(one), versionOf(other)];
  if (version !== null && version === otherVersion) return 'same';
  const order = bySequencer(one.sequencer, other.sequencer);
  if (order === 'older' || order === 'newer') return order;
  return version === otherVersion && one.etag === other.etag ? 'same' : 'unknown';
}

/** The version's id; null also for the id `null`, which every upload to an unversioned key shares. */
export function versionOf({ versionId }: UploadStamp): string | null {
  return versionId === 'null' ? null : versionId;
}

/** S3 User Guide, "Event message structure": hex numbers of different lengths, comparable for one key only. */
function bySequencer(one: string | null, other: string | null): Order {
  if (one === null || other === null) return 'unknown';
  const length = Math.max(one.length, other.length);
  const [a, b] = [one, other].map((each) => each.toUpperCase().padStart(length, '0')) as [string, string];
  if (a === b) return 'same';
  return a < b ? 'older' : 'newer';
}
