import type { UploadIdentity } from './stores.ts';

/** The marks that tell two uploads to the same key apart: version id, ETag, and the sequencer of the S3 event. */
export type UploadStamp = Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;

/**
 * The order in time of one upload relative to another upload with the same key. `unknown`: version ids, ETags and
 * sequencers do not determine the order. The caller then has to look at the object in the bucket.
 */
export type Order = 'older' | 'same' | 'newer' | 'unknown';

/**
 * Compares two uploads to the same key by their version ids, ETags and sequencers. Returns `older` when `one` is older
 * than `other`, `newer` when it is newer, `same` when both are the same upload, and `unknown` when this cannot be
 * determined (docs/decisions/0013-order-of-events.md).
 */
export function orderOf(one: UploadStamp, other: UploadStamp): Order {
  const [version, otherVersion] = [versionOf(one), versionOf(other)];
  if (version !== null && version === otherVersion) return 'same';
  const order = bySequencer(one.sequencer, other.sequencer);
  if (order === 'older' || order === 'newer') return order;
  return version === otherVersion && one.etag === other.etag ? 'same' : 'unknown';
}

/**
 * Returns the version id of an upload. Null when it is not known, or in a bucket without versioning, where S3 gives
 * every object the id `null`.
 */
export function versionOf({ versionId }: UploadStamp): string | null {
  return versionId === 'null' ? null : versionId;
}

/**
 * Compares the sequencers of two S3 events: hex numbers that order the events of one key (S3 User Guide). Returns
 * `older` when the first event is older than the other, `newer` when it is newer, and `same` when the numbers are
 * equal. Returns `unknown` when one of them is null.
 */
function bySequencer(one: string | null, other: string | null): Order {
  if (one === null || other === null) return 'unknown';
  const length = Math.max(one.length, other.length);
  const [a, b] = [one, other].map((each) => each.toUpperCase().padStart(length, '0')) as [string, string];
  if (a === b) return 'same';
  return a < b ? 'older' : 'newer';
}
