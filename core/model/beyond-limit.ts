import type { Bilingual } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { badArchive, type LadingError } from './errors.ts';

/**
 * Makes (and does not throw) the error `bad-archive` for an archive that exceeds a limit of Lading. It has the finding
 * `limit-exceeded`, a message for the user. `what` names what is limited, such as the number of members, and `limit` is
 * its highest allowed value. `offset` is where in the archive the limit was exceeded, in bytes, if known.
 */
export function beyondLimit(what: Bilingual, limit: number, offset?: number): LadingError {
  return badArchive(finding('limit-exceeded', { what, limit, ...(offset !== undefined && { offset }) }));
}
