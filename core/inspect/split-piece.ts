import { grouped } from '../catalogue/grouped.ts';
import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding, quoted } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import type { ArchiveKind } from '../model/inspection.ts';
import type { Bytes } from '../model/ports.ts';
import { BLOCK, nextHeader } from '../tar/header.ts';

/**
 * The finding that a stream is a piece of a split tar archive, because it begins inside a member and a tar header
 * follows later. Null when no header begins in the first `LIMITS.pieceBytes`, as in a piece of a compressed archive.
 */
export async function pieceOfTar(bytes: Bytes): Promise<Finding | null> {
  let carried = new Uint8Array();
  let offset = 0;
  for await (const chunk of bytes) {
    const window = concat([carried, chunk]);
    const found = nextHeader(window, 0);
    if (found >= 0) return brokenOff(offset + found);
    carried = copied(window.subarray(Math.max(0, window.length - BLOCK + 1)));
    offset += window.length - carried.length;
    if (offset > LIMITS.pieceBytes) return null;
  }
  return null;
}

/** The finding that an upload is a piece of a split archive, with its first tar header at byte `offset`. */
export function brokenOff(offset: number): Finding {
  const at = grouped(offset);
  const where = both(
    `: it begins inside a member, and the first header stands at byte ${at}`,
    `：它从某个成员的中间开始，第一个头位于字节 ${at}`,
  );
  return finding('split-piece', { where, offset });
}

/**
 * The codes of findings about a file that is cut off. Every piece of a split archive except the last one is cut off.
 */
const ENDS_TOO_EARLY: ReadonlySet<Finding['code']> = new Set(['truncated', 'gzip-truncated', 'compressed-truncated']);

/**
 * Returns the finding `split-piece` if the file `name` is named like a piece of a split archive, and is cut off or
 * (`isUnknown`) of unknown format. Otherwise returns the given `fault`.
 */
export function pieceByName(fault: Finding, isUnknown: boolean, name: string | undefined): Finding {
  if (name === undefined || !(isUnknown || ENDS_TOO_EARLY.has(fault.code)) || !isNamedLikeAPiece(name)) return fault;
  return finding('split-piece', { where: isUnknown ? NAMED : alsoSays(fault) });
}

/**
 * The findings about the name of an archive that was read to its end; mostly an empty list. An empty archive with the
 * name of a piece is reported as a piece of a split archive (`split-piece`). Any other archive gets the finding
 * `named-like-a-piece` if only pieces of a split archive have such names. The name of a first piece causes no finding.
 */
export function pieceRemarks(kind: ArchiveKind, name: string | undefined): Finding[] {
  if (name === undefined) return [];
  if (kind === 'empty') return isNamedLikeAPiece(name) ? [finding('split-piece', { where: NAMED })] : [];
  const lower = name.toLowerCase();
  return ONLY_A_PIECE.test(lower) && !FIRST_PIECE.test(lower) ? [finding('named-like-a-piece')] : [];
}

const NAMED = both(', as its name says', '（名称说明了这一点）');

function alsoSays(fault: Finding): Bilingual {
  const { en, zh } = quoted(fault);
  return both(`${NAMED.en}. ${en.replace(/\.$/, '')}`, `${NAMED.zh}。${zh.replace(/。$/, '')}`);
}

// The patterns below are for lowercase names. To ignore case, V8 would take 3 ms for the first pattern.
const ARCHIVE = String.raw`\.(?:tar(?:\.(?:gz|bz2|xz|zst|br|z|lz4|lz(?!4)))?|tgz|tbz2|tbz(?!2)|txz|tzst|zip|7z|rar|img)`;
const COUNTED = String.raw`(?:part|piece|chunk|split|vol|volume)[._-]?(?:\d{1,4}|[a-c][a-z])(?:of\d+)?`;

/** True for a name like that of a piece of a split archive. An archive that is whole may have such a name, too. */
export function isNamedLikeAPiece(name: string): boolean {
  return PIECE.test(name.toLowerCase());
}

/**
 * A pattern for the names, in lower case, of pieces of a split archive: `web.tar.ab` and `xab` (split), `web.tar.002`
 * (7-Zip), `web.part2.rar`, `web.z01` (zip).
 */
const PIECE = new RegExp(
  String.raw`${ARCHIVE}[._-]?(?:x?[a-c][a-z](?<!\.br)|\d{1,4})$|[._-]${COUNTED}(?:${ARCHIVE}|\.gz)?$|\.[zr]\d{2}$|\.\d{3}$|(?:^|/)x[a-c][a-z]$`,
);

/**
 * A pattern for names, in lower case, that only pieces of a split archive have, so that even a readable archive gets a
 * finding. `web.tar.2` does not match: it may be an old copy.
 */
const ONLY_A_PIECE = new RegExp(
  String.raw`${ARCHIVE}[._-]?(?:[a-c][a-z](?<!\.br)|\d{2,4})$|[._-]${COUNTED}(?:${ARCHIVE}|\.gz)?$`,
);
/**
 * A pattern for the name, in lower case, of the first piece of a split archive: numbered 0 or 1, or ending with `aa`.
 */
const FIRST_PIECE = new RegExp(String.raw`(?:aa|\D0*[01])(?:of\d+)?(?:${ARCHIVE}|\.gz)?$`);
