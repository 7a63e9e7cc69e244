import type { Bilingual } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { badArchive, type LadingError } from './errors.ts';

/**
 * Makes the error `bad-archive` with the finding `limit-exceeded` (a message for the user), for an archive that exceeds
 * a limit of Lading. `what` names what is limited, such as the number of members, and `limit` is its largest allowed
 * value. `offset` is the position in the archive at which the limit was exceeded, if known.
 */
export function beyondLimit(what: Bilingual, limit: number, offset?: number): LadingError {
  return badArchive(finding('limit-exceeded', { what, limit, ...(offset !== undefined && { offset }) }));
}
