import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from './hex-and-base64.ts';

/**
 * The sha256 of a key or another short text in UTF-8, as 64 hex digits. It is computed in JavaScript, so that the
 * result is there without a promise. For large data, the asynchronous hash functions of Node and browsers are eight
 * times as fast.
 */
export function sha256Hex(bytes: Uint8Array): string {
  return toHex(sha256(bytes));
}
