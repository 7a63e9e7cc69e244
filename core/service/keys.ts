import { LIMITS } from '../limits.ts';
import { sha256Hex } from '../model/sha256.ts';
import { utf8, utf8Length } from '../model/utf8.ts';

/** The ending of a sidecar's key. The sidecar is an object that may hold the options of an upload. */
export const SIDECAR_SUFFIX = '.lading.json';

/**
 * The end of the key of each `inspection.json`, the document by which the inspect function hands an upload on to the
 * convert function. The keys of all results are made by adding an ending to the key of the upload. This ending is the
 * longest, and so determines how long the key before it may be.
 */
const HAND_OFF = '/inspection.json';

/** True for the key of a sidecar, an object that may hold the options of an upload. */
export function isSidecar(key: string): boolean {
  return key.endsWith(SIDECAR_SUFFIX);
}

/**
 * True for the key of an `inspection.json`, by which the inspect function hands an upload on to the convert function.
 */
export function isHandOffKey(key: string): boolean {
  return key.endsWith(HAND_OFF);
}

/** The keys of the objects that Lading writes for one upload, such as the image archive and the report. */
interface ResultKeys {
  inspection: string;
  image: string;
  rootfs: string;
  report: string;
  manifest: string;
}

/** Returns the keys of all results of the upload with the key `key`: `app.tar/image.tar` and others for `app.tar`. */
export function resultKeys(key: string): ResultKeys {
  const prefix = prefixFor(key);
  return {
    inspection: `${prefix}${HAND_OFF}`,
    image: `${prefix}/image.tar`,
    rootfs: `${prefix}/rootfs.tar`,
    report: `${prefix}/report.html`,
    manifest: `${prefix}/manifest.json`,
  };
}

/** True for the key of a root file system among the results. */
export function isRootfsKey(key: string): boolean {
  return key.endsWith('/rootfs.tar');
}

/**
 * Returns the key of an upload, from the key of its `inspection.json`: `app.tar` for `app.tar/inspection.json`. Null
 * when the key of the upload had to be shortened for its results, because the whole key is then unknown.
 */
export function uploadKeyOf(inspectionKey: string): string | null {
  const key = inspectionKey.slice(0, -HAND_OFF.length);
  return key !== '' && resultKeys(key).inspection === inspectionKey ? key : null;
}

/**
 * Returns the key of an upload's sidecar, an object that may hold its options. Null when that key would be longer than
 * S3 allows: such an upload has no sidecar.
 */
export function sidecarKey(key: string): string | null {
  const sidecar = key + SIDECAR_SUFFIX;
  return utf8Length(sidecar) <= LIMITS.keyBytes ? sidecar : null;
}

const PREFIX_BYTES = LIMITS.keyBytes - HAND_OFF.length;
const SHORTENED = /~[0-9a-f]{64}$/;
const MARK_BYTES = 1 + 64;

/**
 * The largest number of bytes of one character in UTF-8. A key that is too long is cut between two characters, so the
 * cut key can be up to `CHARACTER_BYTES - 1` bytes shorter than the limit. A key that short may already be a cut one.
 */
const CHARACTER_BYTES = 4;

/**
 * Returns the beginning of the keys of an upload's results: the key of the upload. If that key is too long, it is cut,
 * and `~` and the sha256 of the whole key are added. A long key that itself ends with `~` and 64 hex digits is treated
 * in the same way, so that no two uploads share their results.
 */
function prefixFor(key: string): string {
  const bytes = utf8(key);
  const shortened = bytes.length > PREFIX_BYTES - CHARACTER_BYTES && SHORTENED.test(key);
  if (bytes.length <= PREFIX_BYTES && !shortened) return key;
  return `${wholeCharacters(bytes.subarray(0, PREFIX_BYTES - MARK_BYTES))}~${sha256Hex(bytes)}`;
}

/** Decodes UTF-8 bytes to a text, and leaves out an incomplete character at the end. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
