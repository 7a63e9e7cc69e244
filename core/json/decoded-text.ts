/**
 * Decodes a JSON document that a user gave, and returns its text. The document is in UTF-8, or in UTF-16 as Windows
 * PowerShell writes it. A byte order mark at its beginning is removed. UTF-16 without this mark is recognised by the
 * zero bytes of the first characters, which are ASCII in JSON. Invalid bytes become U+FFFD.
 */
export function decodedText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function encodingOf([first, second, third, fourth]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && third === 0 && fourth !== 0) return 'utf-16be';
  return 'utf-8';
}
