import type { Finding } from '../catalogue/findings.ts';
import { LadingError } from '../model/errors.ts';

/**
 * Returns the message to the user in an error which says that S3 refuses to hand out an upload. Null for any other
 * error.
 */
export function notGiven(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'not-given' ? error.finding : null;
}
