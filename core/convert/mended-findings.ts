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
 * Marks the findings in `before` whose cause was removed when the layers of the upload were corrected. Returns all of
 * `before`, with `mended: true` on the marked ones. `after` has the findings about the corrected layers. A finding is
 * marked if the option `mend` can correct its cause, and its code does not occur in `after`. `others` has the offsets,
 * in the decompressed upload, of layers that were not corrected: findings at these offsets are not marked.
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
