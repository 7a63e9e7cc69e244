/**
 * The sha256 of some bytes exactly as they are stored, as text: `sha256:` and 64 hex digits (OCI image-spec
 * descriptor.md).
 */
export type Digest = `sha256:${string}`;

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** Returns a text as a Digest if it is `sha256:` and 64 lower-case hex digits, else null. */
export function parseDigest(text: string): Digest | null {
  return SHA256.test(text) ? (text as Digest) : null;
}

/** The 64 hex digits of a digest, without `sha256:`. In an OCI layout, they are the file name of the blob. */
export function hex(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
