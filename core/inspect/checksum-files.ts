import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { byteString } from '../model/byte-string.ts';
import type { Digest } from '../model/digest.ts';

/** A pattern for the names of files that state SHA-256 sums. */
const NAME = /(?:^|\/)(?:sha256sums?|checksums?)[^/]*$|\.(?:sha256(?:sums?)?|sum)$/i;

/**
 * True for a file that may state the SHA-256 of an archive beside it: its name says so, and it has at most
 * `LIMITS.checksumBytes`. `path` and `size` (in bytes) are those of the file, not of the archive.
 */
export function statesChecksums(path: string, size: number): boolean {
  return size <= LIMITS.checksumBytes && NAME.test(path);
}

/**
 * Compares the digest of an archive with the SHA-256 sums in the files beside it. Returns a finding for each file that
 * states a sum for the archive: either the sums agree, or they differ. Returns an empty list when no file states one.
 * `texts` maps the paths of the files to their contents. `archive` is the file name of the archive. `digests` are the
 * digest of the archive as stored and, if it is compressed, that of its decompressed content.
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
 * Reads the SHA-256 of the file `archive` from a text with checksums, and returns it as hex digits. This is the sum on
 * the line with the name of the file. If the text has only one sum, without a name, it is that sum. Returns null when
 * the text states no sum for the file. Understands the lines of `sha256sum`, those of `sha256sum --tag`, and sums
 * without a name.
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
