import { quoted } from '../catalogue/findings.ts';
import { type Parsed, parsed, type Refusal, refused } from '../catalogue/parsed.ts';
import { wholeName } from '../inspect/piece-names.ts';
import { LIMITS } from '../limits.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { LadingError } from '../model/errors.ts';
import { mergeOptions, parseOptions, SIDECAR_TOO_LARGE } from '../options/options.ts';
import { sidecarKey } from './keys.ts';
import { notGiven } from './not-given.ts';
import { piecesIn } from './pieces.ts';
import type { UploadIdentity, Uploads } from './stores.ts';

/**
 * Reads the options of an upload from its metadata and from its sidecar, and parses them. The sidecar is the JSON
 * object `<key>.lading.json`, which an uploader may store beside the upload. Returns the parsed options, or a refusal
 * that says why they cannot be used.
 */
export async function requestFor(
  { identity, metadata }: { identity: UploadIdentity; metadata: Record<string, string> },
  { uploads }: { uploads: Uploads },
): Promise<Parsed<ConversionRequest>> {
  const key = sidecarKey(identity.key);
  const sidecar =
    key === null ? null : await smallOrRefused(() => uploads.small(identity.bucket, key, LIMITS.sidecarBytes));
  if (sidecar !== null && 'ok' in sidecar) return sidecar;
  return requestFrom({ metadata, sidecar }, identity.key);
}

/**
 * Parses the options of an upload from its metadata and from `sidecar`, the bytes of the JSON object
 * `<key>.lading.json` beside the upload; null when there is no such object. `key` is the key of the upload, after
 * which the image is named without the option `name`. If the sidecar lists the pieces of a split archive, the result
 * has their keys. Returns a refusal when the options cannot be used.
 */
export function requestFrom(
  { metadata, sidecar }: { metadata: Record<string, string>; sidecar: Uint8Array | null },
  key: string,
): Parsed<ConversionRequest> {
  const options = mergeOptions({ metadata, ...(sidecar === null ? {} : { sidecar }) });
  if (!options.ok) return options;
  const pieces = sidecar === null ? parsed(null) : piecesIn(sidecar, key);
  if (!pieces.ok) return pieces;
  if (pieces.value === null) return parseOptions(options.value, key);
  const request = parseOptions(options.value, wholeName(pieces.value[0] ?? key));
  return request.ok ? parsed({ ...request.value, pieces: pieces.value }) : request;
}

/**
 * Calls `read`, which reads the object with the options of an upload, and returns its bytes; null when there is no
 * such object. If the object is too large, or S3 refuses to give it, returns a refusal. Throws no error then, because
 * every further try would end in the same way.
 */
async function smallOrRefused(read: () => Promise<Uint8Array | null>): Promise<Uint8Array | Refusal | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LadingError && error.code === 'too-large') return SIDECAR_TOO_LARGE;
    const withheld = notGiven(error);
    if (withheld === null) throw error;
    const { remedy, zh } = withheld;
    return refused(quoted(withheld), { en: remedy, zh: zh.remedy });
  }
}
