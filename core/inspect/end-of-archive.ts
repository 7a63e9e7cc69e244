import { type Finding, finding, type FindingCode } from '../catalogue/findings.ts';
import type { CompressedFacts } from '../compression/compressed-reader.ts';
import type { Compression } from '../model/compression.ts';
import type { ArchiveShape } from '../model/inspection.ts';
import { BLOCK } from '../tar/header.ts';
import type { TarEnd } from '../tar/tar.ts';

/** The compression of an archive, and facts about its compressed data, such as whether other bytes follow it. */
interface Packed {
  compression: Compression;
  compressed: CompressedFacts;
  /** The size in bytes of the decompressed archive; absent unless all of it was read. */
  content?: { size: number };
}

/**
 * The findings about the end of a tar archive, such as a missing end mark, and about bytes after the archive or after
 * its compressed data. An empty list when there is nothing to report.
 */
export function endings(end: TarEnd, { compression, compressed, content }: Packed): Finding[] {
  const findings: Finding[] = [];
  if (!end.marked && end.members > 0) findings.push(finding('no-end-marker'));
  if (end.after !== null) {
    findings.push(finding(end.after.anotherArchive ? 'second-archive' : 'trailing-data', { offset: end.after.offset }));
  } else if (end.marked && content !== undefined && content.size % BLOCK !== 0)
    findings.push(finding('cut-block', { size: content.size }));
  if (end.zeros !== undefined) findings.push(finding('zeros-at-end', end.zeros));
  if (compressed.trailing !== null) {
    const { zeros, offset } = compressed.trailing;
    findings.push(finding(trailingCode(compression, zeros), { compression, offset }));
  }
  return findings;
}

/**
 * Returns the facts about an image archive. The fault `bytes-after-compression` is added if bytes follow its compressed
 * data, because some clients refuse them. Zeros after xz data are padding and no fault.
 */
export function withTrailingBytes(
  shape: ArchiveShape,
  { compression, compressed: { trailing } }: Packed,
): ArchiveShape {
  if (trailing === null || (compression === 'xz' && trailing.zeros)) return shape;
  return { ...shape, faults: [...shape.faults, 'bytes-after-compression'] };
}

function trailingCode(compression: Compression, zeros: boolean): FindingCode {
  if (zeros && (compression === 'gzip' || compression === 'xz')) return 'compressed-padding';
  return compression === 'gzip' ? 'compressed-trailing-bytes' : 'compressed-bytes-refused';
}
