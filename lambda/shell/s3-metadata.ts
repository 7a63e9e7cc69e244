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
