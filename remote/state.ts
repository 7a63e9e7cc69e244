import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Parsed } from '../core/catalogue/parsed.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import { orderOf, type UploadStamp, versionOf } from '../core/service/event-order.ts';
import { jobFor, parseHandOff, parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { stampIn } from '../core/service/read-back.ts';
import { requestFor } from '../core/service/asked.ts';
import type { UploadIdentity, Uploads } from '../core/service/stores.ts';
import { endedBy } from '../s3/client.ts';
import type { Remote } from './remote.ts';

/** The state of the newest upload to a key. */
export type State =
  | { state: 'absent' }
  // `waiting`: not inspected yet. `converting`: inspected, but the convert function has not finished. `expired`: too
  // old to be still waiting. Its results have expired or were deleted, or the service never noticed it.
  | { state: 'waiting' | 'converting' | 'expired'; upload: UploadIdentity }
  | { state: ArchiveManifest['outcome']; upload: UploadIdentity; manifest: ArchiveManifest };

/** An upload that was found in the uploads bucket: what identifies it, and its S3 metadata. */
type Found = NonNullable<Awaited<ReturnType<Uploads['find']>>>;

/**
 * The age in milliseconds from which on an upload without results counts as expired. No queue holds the S3 event of
 * such an upload any more: even the dead-letter queue keeps events for 14 days only.
 */
const EXPIRED_MS = 14 * 24 * 3_600_000;

/**
 * Returns the state of the upload that is stored under `key` now. The state is determined from the results of this
 * upload in S3, and from its age when there are none. Results of earlier uploads to the key are ignored.
 */
export async function stateOf(key: string, remote: Remote): Promise<State> {
  const { uploads, buckets } = remote;
  const found = await uploads.find({ bucket: buckets.uploads, key, versionId: null, etag: null, sequencer: null });
  if (found === null) return { state: 'absent' };
  const { identity: upload } = found;
  const manifest = await manifestFor(found, remote);
  if (manifest !== null) return { state: manifest.outcome, upload, manifest };
  if (await isHandedOn(upload, remote)) return { state: 'converting', upload };
  return { state: (await isOld(upload, remote)) ? 'expired' : 'waiting', upload };
}

/**
 * Reads the archive manifest of an upload, the JSON document that says what became of it. Null when there is no
 * manifest for this key, or when the manifest belongs to another upload to the same key.
 */
export async function manifestFor(found: Found, remote: Remote): Promise<ArchiveManifest | null> {
  const there = await remote.results.get(resultKeys(found.identity.key).manifest);
  const manifest = there === null ? null : parseManifest(there.bytes);
  return manifest !== null && (await isOf(manifest, found, remote)) ? manifest : null;
}

/**
 * True when the results bucket has an `inspection.json` of this upload: the upload is inspected, and waits to be
 * converted.
 */
export async function isHandedOn(upload: UploadIdentity, { results }: Remote): Promise<boolean> {
  const there = await results.get(resultKeys(upload.key).inspection);
  const handOff = there === null ? null : parseHandOff(there.bytes);
  return handOff !== null && isSame(handOff.identity, upload);
}

/**
 * True when an archive manifest, the JSON document about an upload, belongs to the upload `found`. Without bucket
 * versioning, two uploads of the same bytes have the same ETag, even if their options differ. So the job ids are
 * compared, too: a job id is a hash of the upload, its options and the version of Lading.
 */
async function isOf(manifest: ArchiveManifest, found: Found, { uploads, version }: Remote): Promise<boolean> {
  const { identity } = found;
  const stamp = stampIn(manifest.source);
  if (stamp === null || !isSame(stamp, identity)) return false;
  return versionOf(identity) !== null || isOfJob(manifest, identity, await requestFor(found, { uploads }), version);
}

/**
 * True when an archive manifest, the JSON document about an upload, is the result of this upload with these options. To
 * find out, compares the job id in the manifest (a hash of the upload, its options and the version of Lading) with the
 * expected one. Returns true without a comparison when the bucket has versioning, or when another version of Lading
 * wrote the manifest.
 */
export function isOfJob(
  { source, converter, job }: ArchiveManifest,
  identity: UploadIdentity,
  request: Parsed<ConversionRequest>,
  version: string,
): boolean {
  if (versionOf(identity) !== null || converter.version !== version) return true;
  const pieces = source.pieces?.map(({ versionId = null, etag = '', ...piece }) => ({ ...piece, versionId, etag }));
  const read = { ...identity, sequencer: source.sequencer, ...(pieces && { pieces }) };
  return jobFor(read, request, version).id === job;
}

/**
 * True when `one` and `other` identify the same upload to a key, by its version id, its ETag and its sequencer. False
 * also when these do not suffice to tell.
 */
export function isSame(one: UploadStamp, other: UploadStamp): boolean {
  return orderOf(one, other) === 'same';
}

async function isOld({ bucket, key }: UploadIdentity, { access }: Remote): Promise<boolean> {
  const { client, signal } = access;
  const { LastModified } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), endedBy(signal));
  return LastModified !== undefined && Date.now() - LastModified.getTime() > EXPIRED_MS;
}
