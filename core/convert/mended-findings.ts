import { type Finding, isMendedOnRequest } from '../catalogue/findings.ts';
import type { Inspection } from '../model/inspection.ts';

/** An inspection after mending, and the number of additional readings of the upload that it took. */
export interface Mended {
  inspection: Inspection;
  passes: number;
}

/**
 * The findings about an upload before mending, with a mark (`mended`) on those that do not occur after it. `others` has
 * the offsets of layers that were not mended: findings there are not marked.
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
