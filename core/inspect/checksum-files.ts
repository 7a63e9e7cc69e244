import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { byteString } from '../model/byte-string.ts';
import type { Digest } from '../model/digest.ts';

/** A pattern for the names of files that state SHA-256 sums. */
const NAME = /(?:^|\/)(?:sha256sums?|checksums?)[^/]*$|\.(?:sha256(?:sums?)?|sum)$/i;

/** True for a file that may state the SHA-256 of an archive beside it, by its name and its size in bytes. */
export function statesChecksums(path: string, size: number): boolean {
  return size <= LIMITS.checksumBytes && NAME.test(path);
}

/**
 * Compares the SHA-256 of an archive with what the files beside it state. `texts` has their contents by their paths, and
 * `digests` those of the archive as it is stored and, if it is compressed, as it is expanded.
 */
export function checksumFindings(
  texts: ReadonlyMap<string, Uint8Array>,
  archive: string,
  digests: readonly Digest[],
): Finding[] {
  return [...texts].flatMap(([path, bytes]) => {
    const stated = statedFor(byteString(bytes), archive);
    if (stated === null) return [];
    const detail = { member: printable(path), archive: printable(archive) };
    if (digests.includes(`sha256:${stated}`)) return [finding('checksum-fits', detail)];
    return [finding('checksum-differs', { ...detail, stated, found: digests[0]?.slice('sha256:'.length) ?? '' })];
  });
}

/**
 * The SHA-256 that a text states for a file: on the line with the name of the file, or on the only line. Null for none.
 * Reads the lines of `sha256sum`, those of `sha256sum --tag`, and sums without a name.
 */
function statedFor(text: string, archive: string): string | null {
  const lines = text.split('\n').flatMap((each) => {
    const line = each.trim();
    const tagged = /^SHA256 ?\((.+)\) ?= ?([0-9a-f]{64})$/i.exec(line);
    const plain = /^\\?([0-9a-f]{64})(?:[ \t]+\*?(\S.*))?$/i.exec(line);
    const [name, sum] = tagged === null ? [plain?.[2] ?? '', plain?.[1]] : [tagged[1] ?? '', tagged[2]];
    return sum === undefined ? [] : [{ name, sum: sum.toLowerCase() }];
  });
  const own = lines.find(({ name }) => last(name) === last(archive));
  const [only, ...others] = lines;
  return own?.sum ?? (others.length === 0 && only?.name === '' ? only.sum : null);
}

function last(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
