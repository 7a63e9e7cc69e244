import type { Origin } from '../core/service/stores.ts';

/** The metadata of an image archive that says which job made it, and from which upload. */
export function originMetadata({ job, upload }: Origin): Record<string, string> {
  const { versionId, etag, sequencer } = upload;
  return {
    'lading-job': job,
    'lading-etag': etag,
    ...(versionId !== null && { 'lading-version-id': versionId }),
    ...(sequencer !== null && { 'lading-sequencer': sequencer }),
  };
}

/** The job and the upload that an image archive was made from, by its metadata; null when that does not say. */
export function originIn(metadata: Record<string, string>): Origin | null {
  const { 'lading-job': job, 'lading-etag': etag } = metadata;
  if (job === undefined || etag === undefined) return null;
  const { 'lading-version-id': versionId = null, 'lading-sequencer': sequencer = null } = metadata;
  return { job, upload: { versionId, etag, sequencer } };
}
