import type { Parsed } from '../catalogue/parsed.ts';
import type { ArchiveManifest } from '../manifest/manifest.ts';
import type { ConversionRequest, ResultForm } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import { compactJson } from '../model/indented-json.ts';
import { asObject, asText } from '../model/json.ts';
import type { Tools } from '../model/ports.ts';
import { sha256Hex } from '../model/sha256.ts';
import { utf8 } from '../model/utf8.ts';
import { type UploadStamp, versionOf } from './event-order.ts';
import { isRootfsKey } from './keys.ts';
import { isHandOff, isManifest, objectIn, stampIn } from './read-back.ts';
import type { UploadIdentity } from './stores.ts';

/** A job: an upload together with the options that are asked for it. */
export interface Job {
  /** The id of the job: a hash of the upload's identity, its options and Lading's version. Repeats have the same id. */
  id: string;
  identity: UploadIdentity;
}

/** The hand-off from the inspect function to the convert function, stored as `<key>/inspection.json`. */
export interface HandOff extends Job {
  jobVersion: 6;
  request: ConversionRequest;
  inspection: Inspection;
  cost: ArchiveManifest['cost'];
}

/** The origin of a result: the job and the upload that it was made from. A field is null if the result lacks it. */
export interface StatedOrigin {
  job: string | null;
  upload: UploadStamp | null;
}

/** Makes the job for an upload and its options, and computes the job's id. */
export function jobFor(identity: UploadIdentity, request: Parsed<ConversionRequest>, version: string): Job {
  const { bucket, key, etag, sequencer } = identity;
  const upload = versionOf(identity) ?? { etag, sequencer };
  const pieces = identity.pieces?.map((piece) => versionOf({ ...identity, ...piece }) ?? piece.etag) ?? [];
  const id = sha256Hex(utf8(JSON.stringify([bucket, key, upload, request, version, ...pieces])));
  return { id, identity };
}

/** The first characters of a stored hand-off, up to its checksum. */
const HEAD = '{"sum":"';
/** The number of hex digits in the checksum of a stored hand-off. */
const DIGITS = 8;

/**
 * The bytes of a hand-off (`inspection.json`) as it is stored: one line of JSON. Its first field is the CRC-32 of all
 * bytes after it. A reader compares the CRC-32, and then need not check every field.
 */
export function writtenHandOff(handOff: HandOff, tools: Pick<Tools, 'crc32'>): Uint8Array {
  const bytes = compactJson({ sum: '0'.repeat(DIGITS), ...handOff });
  bytes.set(sumOf(bytes, tools), HEAD.length);
  return bytes;
}

/** Reads a hand-off (`inspection.json`). Null if another version of Lading wrote it, or if its checksum is wrong. */
export function soundHandOff(bytes: Uint8Array, tools: Pick<Tools, 'crc32'>): HandOff | null {
  return sumOf(bytes, tools).every((digit, at) => digit === bytes[HEAD.length + at]) ? parseHandOff(bytes) : null;
}

/** Computes the checksum of a stored hand-off, as hex digits in ASCII. */
function sumOf(bytes: Uint8Array, tools: Pick<Tools, 'crc32'>): Uint8Array {
  const sum = tools.crc32(bytes.subarray(HEAD.length + DIGITS), 0);
  return utf8(sum.toString(16).padStart(DIGITS, '0'));
}

/** Reads a hand-off (`inspection.json`) without its checksum, for a client that only asks which upload it is for. */
export function parseHandOff(bytes: Uint8Array): HandOff | null {
  const json = objectIn(bytes);
  return json !== null && isHandOff(json) ? (json as unknown as HandOff) : null;
}

/** Reads an archive manifest. Null when another version of Lading, or another program, wrote it. */
export function parseManifest(bytes: Uint8Array): ArchiveManifest | null {
  const manifest = objectIn(bytes);
  return manifest !== null && isManifest(manifest) ? (manifest as unknown as ArchiveManifest) : null;
}

/** The origin of an archive manifest, and what it says about the other results. */
interface ManifestAuthor extends StatedOrigin {
  /** The form of what the job made; null for nothing. */
  made: ResultForm | null;
  /** True when there is a report beside the archive manifest. */
  report: boolean;
  /** True when the service gave up. */
  failed: boolean;
}

/** Reads from an archive manifest its job, its upload and the results that it names. */
export function originInManifest(bytes: Uint8Array): ManifestAuthor {
  const manifest = objectIn(bytes);
  const result = asObject(manifest?.['result']);
  return {
    job: asText(manifest?.['job']),
    upload: stampIn(manifest?.['source']),
    made: result === null ? null : isRootfsKey(asText(result['key']) ?? '') ? 'rootfs' : 'image',
    report: manifest?.['report'] === true,
    failed: manifest?.['outcome'] === 'failed',
  };
}
