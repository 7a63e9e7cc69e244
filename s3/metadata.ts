import type { Origin } from '../core/service/stores.ts';

/**
 * The S3 metadata of an image archive or a report: the upload from which it was made, and the id of its job (a hash of
 * the upload, its options and the version of Lading).
 */
export function originMetadata({ job, upload }: Origin): Record<string, string> {
  const { versionId, etag, sequencer } = upload;
  return {
    'lading-job': job,
    'lading-etag': etag,
    ...(versionId !== null && { 'lading-version-id': versionId }),
    ...(sequencer !== null && { 'lading-sequencer': sequencer }),
  };
}

/**
 * Reads from the S3 metadata of an image archive or a report from which upload it was made, and the id of its job (a
 * hash of the upload, its options and the version of Lading). Null when the metadata does not say it.
 */
export function originIn(metadata: Record<string, string>): Origin | null {
  const { 'lading-job': job, 'lading-etag': etag } = metadata;
  if (job === undefined || etag === undefined) return null;
  const { 'lading-version-id': versionId = null, 'lading-sequencer': sequencer = null } = metadata;
  return { job, upload: { versionId, etag, sequencer } };
}
