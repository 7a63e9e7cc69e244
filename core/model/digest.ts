/** The sha256 of some bytes exactly as stored, in the spelling of the OCI image spec (descriptor.md). */
export type Digest = `sha256:${string}`;

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** The digest that `text` spells, or null when it is not a valid sha256 digest. */
export function parseDigest(text: string): Digest | null {
  return SHA256.test(text) ? (text as Digest) : null;
}

/** The 64 hex digits of a digest: the file name of its blob in an OCI image layout. */
export function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
