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

/**
 * A job: the work on one upload with one set of options. The options themselves are not stored in here, only hashed
 * into `id`.
 */
export interface Job {
  /**
   * A sha256 hash, as 64 hex digits, of the upload's identity, its options and Lading's version. An event that comes
   * again gives the same id.
   */
  id: string;
  identity: UploadIdentity;
}

/**
 * The hand-off from the inspect function to the convert function: an upload, its options and its inspection. It is
 * stored as the JSON object `<key>/inspection.json`.
 */
export interface HandOff extends Job {
  jobVersion: 6;
  request: ConversionRequest;
  inspection: Inspection;
  cost: ArchiveManifest['cost'];
}

/**
 * What a result says about its origin: the id of the job that made it, and the upload that it was made from. A field is
 * null if the result does not say it.
 */
export interface StatedOrigin {
  job: string | null;
  upload: UploadStamp | null;
}

/**
 * Makes the job for an upload and its options, and computes the job's id. `version` is that of Lading, which is hashed
 * into the id, too: a new version does the work again.
 */
export function jobFor(identity: UploadIdentity, request: Parsed<ConversionRequest>, version: string): Job {
  const { bucket, key, etag, sequencer } = identity;
  const upload = versionOf(identity) ?? { etag, sequencer };
  const pieces = identity.pieces?.map((piece) => versionOf({ ...identity, ...piece }) ?? piece.etag) ?? [];
  const id = sha256Hex(utf8(JSON.stringify([bucket, key, upload, request, version, ...pieces])));
  return { id, identity };
}

/**
 * The first characters of `inspection.json`, the document for the convert function, up to its checksum. The checksum
 * thus has a fixed place.
 */
const HEAD = '{"sum":"';
/**
 * The number of hex digits in the checksum of `inspection.json`, the document for the convert function. The checksum
 * is a CRC-32.
 */
const DIGITS = 8;

/**
 * Returns the bytes of `inspection.json`, the document of the inspect function for the convert function: one line of
 * JSON. Its first field is the CRC-32 of all bytes after that field. A reader compares the CRC-32, and then need not
 * check every field.
 */
export function writtenHandOff(handOff: HandOff, tools: Pick<Tools, 'crc32'>): Uint8Array {
  const bytes = compactJson({ sum: '0'.repeat(DIGITS), ...handOff });
  bytes.set(sumOf(bytes, tools), HEAD.length);
  return bytes;
}

/**
 * Parses `inspection.json`, the document that the inspect function writes for the convert function. Null if its
 * checksum is wrong, or if it does not have the format of this version of Lading.
 */
export function soundHandOff(bytes: Uint8Array, tools: Pick<Tools, 'crc32'>): HandOff | null {
  return sumOf(bytes, tools).every((digit, at) => digit === bytes[HEAD.length + at]) ? parseHandOff(bytes) : null;
}

/**
 * Computes the checksum of a stored `inspection.json`: the CRC-32 of all bytes after the checksum field. Returns it as
 * eight hex digits in ASCII.
 */
function sumOf(bytes: Uint8Array, tools: Pick<Tools, 'crc32'>): Uint8Array {
  const sum = tools.crc32(bytes.subarray(HEAD.length + DIGITS), 0);
  return utf8(sum.toString(16).padStart(DIGITS, '0'));
}

/**
 * Parses `inspection.json`, the document that the inspect function writes for the convert function, without checking
 * its checksum. This is for callers that only need to know to which upload the document belongs. Null when the document
 * does not have the format of this version of Lading.
 */
export function parseHandOff(bytes: Uint8Array): HandOff | null {
  const json = objectIn(bytes);
  return json !== null && isHandOff(json) ? (json as unknown as HandOff) : null;
}

/**
 * Parses an archive manifest, the JSON document that says what became of an upload. Null when it does not have the
 * format of this version of Lading.
 */
export function parseManifest(bytes: Uint8Array): ArchiveManifest | null {
  const manifest = objectIn(bytes);
  return manifest !== null && isManifest(manifest) ? (manifest as unknown as ArchiveManifest) : null;
}

/** What an archive manifest, the JSON document about an upload, says about its origin and about the other results. */
interface ManifestAuthor extends StatedOrigin {
  /**
   * The form of the archive that Lading made from the upload, an image archive or a root file system. Null when the
   * archive manifest says that none was made.
   */
  made: ResultForm | null;
  /** True when the archive manifest says that a report, an HTML page, is beside it. */
  report: boolean;
  /**
   * True when the archive manifest says that the service has stopped trying to process the upload (outcome `failed`).
   */
  failed: boolean;
}

/**
 * Reads in an archive manifest, the JSON document about an upload, which job made it, from which upload, and which
 * other results it names. A field that the manifest does not have is null or false in the result. If `bytes` are no
 * manifest at all, all fields are.
 */
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
