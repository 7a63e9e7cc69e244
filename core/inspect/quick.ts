import { finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { LIMITS } from '../limits.ts';
import { withinBounds } from '../model/hand-off-size.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { TarEnd } from '../tar/tar.ts';
import { classify } from './classify.ts';
import { Expansion } from './expansion.ts';
import { walkHeaders } from './header-walk.ts';
import { ArchiveScan } from './scan.ts';
import { imagesOf, readable, unreadable, type Walk, type WhatIsRead } from './what-is-read.ts';

/**
 * Takes a quick look at an uncompressed image archive of `size` bytes: reads only its headers and documents, with a few
 * small ranged reads, and verifies nothing. Returns the inspection. A compressed archive, an apparent root file system,
 * or an archive that takes too many reads gets the finding `not-quick`, which says that it must be read completely.
 */
export async function inspectQuickly(source: Source, size: number, tools: Tools): Promise<Inspection> {
  // What was read is not known here, but it is never more than this.
  const scan = new ArchiveScan(new Expansion(() => LIMITS.quickBytes));
  const { end, fault, blobs, bytesRead, requests } = await walkHeaders(source, size, scan, tools);
  const reading: Walk = { compression: 'none', compressed: { members: 0, trailing: null }, fault };
  const seen = end === null ? unreadable(reading, scan, blobs) : followed(reading, end, scan, blobs);
  const caution = fault?.code === 'not-quick' ? [] : [finding('not-verified', { read: bytesRead, size })];
  return withinBounds({
    ...seen,
    upload: null,
    cleanGzip: false,
    content: null,
    packed: null,
    quick: { toEnd: end !== null, bytesRead, requests },
    findings: [...caution, ...seen.findings],
  });
}

function followed(walk: Walk, end: TarEnd, scan: ArchiveScan, blobs: ReadonlyMap<string, ArchiveBlob>): WhatIsRead {
  const verdict = classify(scan, blobs);
  return readable(walk, end, scan, verdict, imagesOf(verdict, scan, blobs));
}
