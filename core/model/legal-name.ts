import { withoutEdges } from './trim.ts';
import { utf8 } from './utf8.ts';

/**
 * Makes a valid repository path from the parts of a file name or key (what is between slashes). Illegal characters
 * become hyphens. Returns `upload` when nothing legal is left. The path has at most `maxLength` characters, and its
 * first part cannot be taken for a registry.
 */
export function legalName(parts: string[], maxLength: number): string {
  const legal = lastParts(parts.map(legalPart), maxLength);
  // Docker takes a first part for a registry when it is `localhost` or has a dot.
  if (legal.length > 1) legal[0] = legal[0] === 'localhost' ? 'local' : legal[0]!.replaceAll('.', '-');
  return undress(notAnId(legal.join('/')).slice(0, maxLength)) || 'upload';
}

/**
 * Returns the last of `parts` that are not empty: as many as fit into `maxLength` characters with slashes between them,
 * but at least one. Empty when all parts are empty.
 */
function lastParts(parts: string[], maxLength: number): string[] {
  const last: string[] = [];
  let length = -1;
  for (const part of parts.toReversed()) {
    if (part === '') continue;
    length += 1 + part.length;
    if (last.length > 0 && length > maxLength) break;
    last.push(part);
  }
  return last.toReversed();
}

/**
 * A hash of an S3 key or file name, such as `-x0123abcd`, for the end of the image name that is made from it. Image
 * names cannot have letters such as Chinese ones, so two keys could otherwise give the same name. Returns an empty text
 * when all letters and digits of the key are Latin or ASCII.
 */
export function numberFor(key: string): string {
  if (isAscii(key)) return '';
  const isLost = /[^\p{ASCII}\p{Script=Latin}]/u.test(plain(key).replaceAll(/[^\p{L}\p{N}]/gu, ''));
  return isLost ? `-x${fnv(utf8(key)).toString(16).padStart(8, '0')}` : '';
}

/**
 * True for an image name that ends, before its tag, with `-x` and eight hex digits. They are the hash of an S3 key, by
 * which `numberFor` makes names distinct.
 */
export function isNumbered(name: string): boolean {
  return /-x[0-9a-f]{8}(?::|$)/.test(name);
}

/** The 32-bit FNV-1a hash of bytes, as an unsigned number. */
function fnv(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}

/**
 * Makes a valid image tag from a text. Illegal characters become hyphens, accents are dropped, and at most 128
 * characters are kept. Returns an empty text when nothing legal is left.
 */
export function legalTag(text: string): string {
  return plain(text)
    .replaceAll(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 128);
}

function legalPart(text: string): string {
  const kept = plain(text)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replaceAll(/[._-]{2,}/g, (run) => (/^(?:__|-+)$/.test(run) ? run : '-'));
  return undress(kept);
}

/** Removes the accents from the letters of a text, and replaces variants such as ligatures by plain letters. */
function plain(text: string): string {
  return isAscii(text) ? text : text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

/**
 * True for a text that has only ASCII characters. Callers then need no pattern with Unicode classes; compiling one
 * takes 3 ms.
 */
function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function undress(text: string): string {
  return withoutEdges(text, '._/-');
}

/**
 * Returns another name for an image name that is 64 hex digits, because Docker would take it for an image ID: `image-`
 * and its first 12 digits. Other names are returned unchanged.
 */
function notAnId(name: string): string {
  return /^[a-f0-9]{64}$/.test(name) ? `image-${name.slice(0, 12)}` : name;
}
