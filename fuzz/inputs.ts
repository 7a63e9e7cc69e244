import { sealed } from '../test/support/tar-builder.ts';

const BLOCK = 512;

/** Numbers from 0 to below 1, one for each byte of an input; zeros when there are no more. */
export function choicesFrom(bytes: Uint8Array): () => number {
  let at = 0;
  return () => (bytes[at++] ?? 0) / 256;
}

/**
 * The input with checksums that fit in all that looks like the header of a tar member: a fuzzer does not guess them. Only where
 * it consists of whole blocks, so that broken checksums are tried as well.
 */
export function withChecksums(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes);
  if (copy.length % BLOCK !== 0) return copy;
  for (let at = 0; at < copy.length; at += BLOCK) {
    if (copy.toString('latin1', at + 257, at + 262) === 'ustar') sealed(copy.subarray(at, at + BLOCK));
  }
  return copy;
}

/** A text as bytes. */
export function text(words: string): Uint8Array {
  return Buffer.from(words);
}

/** A value as bytes of JSON. */
export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** Bytes as a text. */
export function asText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
