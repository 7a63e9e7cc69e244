import { LIMITS } from '../limits.ts';
import { sha256Hex } from '../model/sha256.ts';
import { utf8, utf8Length } from '../model/utf8.ts';

/** The ending of a sidecar's key. The sidecar is an object that may hold the options of an upload. */
export const SIDECAR_SUFFIX = '.lading.json';

/** The ending of a hand-off's key, the longest of all results. */
const HAND_OFF = '/inspection.json';

/** True for the key of a sidecar. */
export function isSidecar(key: string): boolean {
  return key.endsWith(SIDECAR_SUFFIX);
}

/** True for the key of a hand-off, which the inspect function writes for the convert function. */
export function isHandOffKey(key: string): boolean {
  return key.endsWith(HAND_OFF);
}

/** The keys of the results of one upload. */
interface ResultKeys {
  inspection: string;
  image: string;
  rootfs: string;
  report: string;
  manifest: string;
}

/** The keys under which all results of an upload are stored. */
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

/** The key of the upload of a hand-off: `app.tar` for `app.tar/inspection.json`. Null when that key was shortened. */
export function uploadKeyOf(inspectionKey: string): string | null {
  const key = inspectionKey.slice(0, -HAND_OFF.length);
  return key !== '' && resultKeys(key).inspection === inspectionKey ? key : null;
}

/** The key of an upload's sidecar; null when it would be longer than S3 allows. */
export function sidecarKey(key: string): string | null {
  const sidecar = key + SIDECAR_SUFFIX;
  return utf8Length(sidecar) <= LIMITS.keyBytes ? sidecar : null;
}

const PREFIX_BYTES = LIMITS.keyBytes - HAND_OFF.length;
const SHORTENED = /~[0-9a-f]{64}$/;
const MARK_BYTES = 1 + 64;

/** The most bytes of a character in UTF-8. Characters are not cut in two, so a cut key may be this much shorter. */
const CHARACTER_BYTES = 4;

/**
 * The beginning of the keys of an upload's results: the key of the upload. If that is too long, it is cut, and `~` and
 * its sha256 are added. A long key that itself ends with `~` and 64 hex digits is treated in the same way, so that no
 * two uploads share their results.
 */
function prefixFor(key: string): string {
  const bytes = utf8(key);
  const shortened = bytes.length > PREFIX_BYTES - CHARACTER_BYTES && SHORTENED.test(key);
  if (bytes.length <= PREFIX_BYTES && !shortened) return key;
  return `${wholeCharacters(bytes.subarray(0, PREFIX_BYTES - MARK_BYTES))}~${sha256Hex(bytes)}`;
}

/** Decodes UTF-8 bytes, and leaves out an incomplete character at the end. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
