import type { Bilingual } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { badArchive, type LadingError } from './errors.ts';

/**
 * Makes the error `bad-archive` with the finding `limit-exceeded`, for an archive that has more of something than
 * Lading reads. `what` names it, `limit` is the most that is allowed, and `offset` is where it was met, if known.
 */
export function beyondLimit(what: Bilingual, limit: number, offset?: number): LadingError {
  return badArchive(finding('limit-exceeded', { what, limit, ...(offset !== undefined && { offset }) }));
}
