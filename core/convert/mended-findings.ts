import { type Finding, isMendedOnRequest } from '../catalogue/findings.ts';
import type { Inspection } from '../model/inspection.ts';

/** An inspection after mending, and the number of additional readings of the upload that it took. */
export interface Mended {
  inspection: Inspection;
  passes: number;
}

/** The findings about an upload before mending. Those that mending has corrected are marked as `mended`. */
export function settled(before: readonly Finding[], after: readonly Finding[]): Finding[] {
  const left = new Set(after.map(({ code }) => code));
  return before.map((each) => (isMendedOnRequest(each) && !left.has(each.code) ? { ...each, mended: true } : each));
}
