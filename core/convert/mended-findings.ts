import { type Finding, isMendedOnRequest } from '../catalogue/findings.ts';
import type { Inspection } from '../model/inspection.ts';

/**
 * An inspection of an upload after its layers were corrected so that engines unpack them. `passes` is the number of
 * times that the upload was read for this.
 */
export interface Mended {
  inspection: Inspection;
  passes: number;
}

/**
 * Returns the findings `before`, with `mended: true` on each one whose cause was removed when the layers of the upload
 * were corrected. Such a finding is one that the option `mend` can correct, and its code does not occur in `after`, the
 * findings about the corrected layers. Findings at the offsets in `others`, where layers begin that were not corrected,
 * stay as they are.
 */
export function settled(
  before: readonly Finding[],
  after: readonly Finding[],
  others: ReadonlySet<number> = new Set(),
): Finding[] {
  const left = new Set(after.map(({ code }) => code));
  const isCorrected = (each: Finding): boolean =>
    isMendedOnRequest(each) && !left.has(each.code) && !(each.offset !== undefined && others.has(each.offset));
  return before.map((each) => (isCorrected(each) ? { ...each, mended: true } : each));
}
