import type { Origin } from '../core/service/stores.ts';

const ENCODED_WORDS = /=\?UTF-8\?([QB])\?([^?]*)\?=\s*/giu;

/** Decodes user metadata. S3 returns values that are not US-ASCII as encoded words (RFC 2047). */
export function decodeMetadata(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, decodeWords(value)]));
}

function decodeWords(value: string): string {
  if (!value.startsWith('=?')) return value;
  return value.replaceAll(ENCODED_WORDS, (_, encoding: string, text: string) =>
    Buffer.from(encoding.toUpperCase() === 'B' ? Buffer.from(text, 'base64') : quotedPrintable(text)).toString('utf8'),
  );
}

function quotedPrintable(text: string): Uint8Array {
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/giu, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1');
}

/** The metadata of an image archive that says which job made it, and from which upload. */
export function originMetadata({ job, upload }: Origin): Record<string, string> {
  const { versionId, etag, sequencer } = upload;
  return {
    'lading-job': job,
    'lading-etag': etag,
    ...(versionId !== null && { 'lading-version-id': versionId }),
    ...(sequencer !== null && { 'lading-sequencer': sequencer }),
  };
}

/**
 * The job and the upload that an image archive was made from, read from its metadata. Null when the metadata does not
 * say.
 */
export function originIn(metadata: Record<string, string>): Origin | null {
  const { 'lading-job': job, 'lading-etag': etag } = metadata;
  if (job === undefined || etag === undefined) return null;
  const { 'lading-version-id': versionId = null, 'lading-sequencer': sequencer = null } = metadata;
  return { job, upload: { versionId, etag, sequencer } };
}
