import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from './hex-and-base64.ts';

/**
 * The sha256 of a few bytes as 64 hex digits, at once. It is for keys and ids; a `Hasher` from the caller's tools is ten
 * times as fast, but gives its digest later.
 */
export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
