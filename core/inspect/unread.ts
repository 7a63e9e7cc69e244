import { quoted, type Finding } from '../catalogue/findings.ts';
import type { Inspection } from '../model/inspection.ts';

/** Makes the inspection of an upload of which nothing is known, because it could not be read. `reason` says why. */
export function unread(reason: Finding): Inspection {
  return {
    upload: null,
    compression: 'none',
    cleanGzip: false,
    content: null,
    packed: null,
    inside: null,
    kind: 'unread',
    evidence: [quoted(reason)],
    members: 0,
    fileBytes: 0,
    newestMtime: 0,
    rootfs: null,
    images: [],
    sources: [],
    shape: null,
    findings: [reason],
  };
}
