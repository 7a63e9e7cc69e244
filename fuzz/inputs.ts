import { sealed } from '../test/support/tar-builder.ts';

const BLOCK = 512;

/**
 * Makes a function that returns numbers in [0, 1): at each call the one for the next byte of the fuzzer's input, and 0
 * after the last byte.
 */
export function choicesFrom(bytes: Uint8Array): () => number {
  let at = 0;
  return () => (bytes[at++] ?? 0) / 256;
}

/**
 * A copy of the fuzzer's input with the right checksum in each block that looks like a tar header, because a fuzzer
 * cannot guess a checksum. An input that does not consist of whole blocks of 512 bytes is not changed, so that wrong
 * checksums are tried as well.
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
