import { createHash } from 'node:crypto';
import type { ConversionRequest } from '../request/options.ts';
import type { Inspection } from '../inspection.ts';
import { asObject } from '../json.ts';
import type { ArchiveManifest } from '../manifest.ts';
import { type UploadStamp, versionOf } from './order.ts';
import type { Parsed } from '../parsed.ts';
import type { UploadIdentity } from '../ports.ts';

/** One upload, and what is asked for of it. */
export interface Errand {
  /** The same for every repeat: a hash of the upload's identity, the request, and the version of Lading. */
  id: string;
  identity: UploadIdentity;
}

/** The hand-off between the functions, `<key>/inspection.json`. */
export interface Job extends Errand {
  jobVersion: 3;
  request: ConversionRequest;
  inspection: Inspection;
  cost: ArchiveManifest['cost'];
}

/** Who wrote a result, as far as it says. */
export interface Author {
  job: string | null;
  upload: UploadStamp | null;
}

/** The errand that an upload and its request are. */
export function errand(identity: UploadIdentity, request: Parsed<ConversionRequest>, version: string): Errand {
  const { bucket, key, etag, sequencer } = identity;
  const upload = versionOf(identity) ?? { etag, sequencer };
  const id = createHash('sha256')
    .update(JSON.stringify([bucket, key, upload, request, version]))
    .digest('hex');
  return { id, identity };
}

/** The job in the bytes of an inspection; null when another version of Lading wrote them. */
export function parseJob(bytes: Uint8Array): Job | null {
  const job = parsed(bytes);
  return job?.['jobVersion'] === 3 ? (job as unknown as Job) : null;
}

/** An archive manifest that a job of this version wrote. */
export function parseManifest(bytes: Uint8Array): ArchiveManifest {
  return parsed(bytes) as unknown as ArchiveManifest;
}

/** Who wrote an archive manifest, and whether it says that an image archive lies beside it. */
export function manifestAuthor(bytes: Uint8Array): Author & { image: boolean } {
  const manifest = parsed(bytes);
  const job = manifest?.['job'];
  return {
    job: typeof job === 'string' ? job : null,
    upload: asObject(manifest?.['source']) as UploadStamp | null,
    image: asObject(manifest?.['result']) !== null,
  };
}

function parsed(bytes: Uint8Array): Record<string, unknown> | null {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
