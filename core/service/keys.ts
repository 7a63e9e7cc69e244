import { createHash } from 'node:crypto';
import { LIMITS } from '../limits.ts';

/** The sidecar object that may hold an upload's options. */
export const SIDECAR_SUFFIX = '.lading.json';

/** The keys of everything about one upload. */
export function resultKeys(key: string): { inspection: string; image: string; manifest: string } {
  const prefix = prefixFor(key);
  return {
    inspection: `${prefix}/inspection.json`,
    image: `${prefix}/image.tar`,
    manifest: `${prefix}/manifest.json`,
  };
}

/** The key of an upload's sidecar; null when it would be longer than keys may be, so that there can be none. */
export function sidecarKey(key: string): string | null {
  const sidecar = key + SIDECAR_SUFFIX;
  return Buffer.byteLength(sidecar) <= LIMITS.keyBytes ? sidecar : null;
}

const PREFIX_BYTES = LIMITS.keyBytes - '/inspection.json'.length;
const SHORTENED = /~[0-9a-f]{64}$/;
const MARK_BYTES = 1 + 64;

/** The longest character in UTF-8; none is cut in two, so a prefix can come out so much shorter. */
const CHARACTER_BYTES = 4;

/**
 * The key itself, or, where no suffix fits behind it, as much of it as does and the sha256 of the whole. A key that looks
 * shortened is shortened too: nobody can choose one whose results are those of another.
 */
function prefixFor(key: string): string {
  const bytes = Buffer.from(key);
  const shortened = bytes.length > PREFIX_BYTES - CHARACTER_BYTES && SHORTENED.test(key);
  if (bytes.length <= PREFIX_BYTES && !shortened) return key;
  return `${wholeCharacters(bytes.subarray(0, PREFIX_BYTES - MARK_BYTES))}~${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The text of UTF-8 bytes that may end inside a character. */
function wholeCharacters(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes, { stream: true });
}
