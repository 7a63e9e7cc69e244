import { withoutEdges } from './edges.ts';

/** Makes the parts of a path a legal repository path of at most `maxLength` characters that names no registry. */
export function legalName(parts: string[], maxLength: number): string {
  const legal = lastParts(parts.map(legalPart), maxLength);
  // `localhost` and a dot are what make Docker take the first part for a registry
  if (legal.length > 1) legal[0] = legal[0] === 'localhost' ? 'local' : legal[0]!.replaceAll('.', '-');
  return undress(notAnId(legal.join('/')).slice(0, maxLength)) || 'upload';
}

/** The last parts that are not empty, as many as fit into a path, but at least one. */
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
 * The ending that keeps names apart when letters are lost that names cannot have: a number that stands for the whole key. Empty
 * where none are lost; a Latin letter that turns into a hyphen (`ß`) leaves enough to tell names apart.
 */
export function numberFor(key: string): string {
  const isLost = /[^\p{ASCII}\p{Script=Latin}]/u.test(plain(key).replaceAll(/[^\p{L}\p{N}]/gu, ''));
  return isLost ? `-x${fnv(Buffer.from(key)).toString(16).padStart(8, '0')}` : '';
}

/** True for a name with such an ending. */
export function isNumbered(name: string): boolean {
  return /-x[0-9a-f]{8}(?::|$)/.test(name);
}

/** The 32-bit hash FNV-1a. */
function fnv(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}

/** Makes `text` a legal tag; empty when nothing of it can be kept. */
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

/** Letters without their accents. */
function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
}

function undress(text: string): string {
  return withoutEdges(text, '._/-');
}

/** Docker takes 64 hex digits for an image ID. */
function notAnId(name: string): string {
  return /^[a-f0-9]{64}$/.test(name) ? `image-${name.slice(0, 12)}` : name;
}
