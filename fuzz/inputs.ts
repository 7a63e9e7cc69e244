import { sealed } from '../test/support/tar-builder.ts';

const BLOCK = 512;

/**
 * Returns a function that returns a number from 0 to below 1 at each call: the next byte of `bytes`, an input of the
 * fuzzer, divided by 256. After the last byte it returns 0.
 */
export function choicesFrom(bytes: Uint8Array): () => number {
  let at = 0;
  return () => (bytes[at++] ?? 0) / 256;
}

/**
 * Returns a copy of the fuzzer's input in which each block that looks like a tar header has the right checksum. A
 * fuzzer cannot guess it. When the input does not consist of whole blocks of 512 bytes, the copy is not changed, so
 * that wrong checksums are tried as well.
 */
export function withChecksums(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length % BLOCK !== 0) return copy;
  for (let at = 0; at < copy.length; at += BLOCK) {
    if (copy.toString('latin1', at + 257, at + 262) === 'ustar') sealed(copy.subarray(at, at + BLOCK));
  }
  return copy;
}

export function text(words: string): Uint8Array {
  return Buffer.from(words);
}

/** A value as JSON in UTF-8. */
export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** UTF-8 bytes as text. Invalid bytes become U+FFFD. */
export function asText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
