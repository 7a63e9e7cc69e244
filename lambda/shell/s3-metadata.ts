import type { Origin } from '../core/ports.ts';

const ENCODED_WORDS = /=\?UTF-8\?([QB])\?([^?]*)\?=\s*/giu;

/** User metadata as it was meant: S3 hands out what is not US-ASCII as encoded words (RFC 2047). */
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

/** The metadata by which an image archive says where it comes from. */
export function originMetadata({ job, upload }: Origin): Record<string, string> {
  const { versionId, etag, sequencer } = upload;
  return {
    'lading-job': job,
    'lading-etag': etag,
    ...(versionId !== null && { 'lading-version-id': versionId }),
    ...(sequencer !== null && { 'lading-sequencer': sequencer }),
  };
}

/** Where an image archive comes from; null when it does not say. */
export function originIn(metadata: Record<string, string>): Origin | null {
  const { 'lading-job': job, 'lading-etag': etag } = metadata;
  if (job === undefined || etag === undefined) return null;
  const { 'lading-version-id': versionId = null, 'lading-sequencer': sequencer = null } = metadata;
  return { job, upload: { versionId, etag, sequencer } };
}
