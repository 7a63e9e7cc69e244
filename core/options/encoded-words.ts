const WORD = String.raw`=\?(?:utf-8|us-ascii|iso-8859-1)\?[bq]\?[^?\s]*\?=`;
const RUN = new RegExp(`${WORD}(?:\\s+${WORD})*`, 'gi');
const PARTS = /=\?([\w-]+)\?([bq])\?([^?\s]*)\?=/gi;

/** Decodes the encoded words of RFC 2047 in a header value, the form in which S3 returns non-ASCII metadata. */
export function decodeWords(text: string): string {
  return text.replaceAll(RUN, (run) => decodeRun([...run.matchAll(PARTS)]));
}

/** Words next to each other are decoded as one: a character may begin in one and end in the next. */
function decodeRun(words: RegExpExecArray[]): string {
  const bytes = Buffer.concat(words.map(([, , encoding, text]) => wordBytes(encoding!, text!)));
  const isUtf8 = words.every(([, charset]) => charset!.toLowerCase() !== 'iso-8859-1');
  return bytes.toString(isUtf8 ? 'utf8' : 'latin1');
}

function wordBytes(encoding: string, text: string): Buffer {
  if (encoding.toLowerCase() === 'b') return Buffer.from(text, 'base64');
  const characters = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(characters, 'latin1');
}
