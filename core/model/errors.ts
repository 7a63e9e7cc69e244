import type { Finding } from '../catalogue/findings.ts';

/**
 * The codes of all errors that Lading throws by itself. A code never changes its meaning, because codes appear in logs
 * and metrics.
 */
export type ErrorCode =
  | 'bad-archive' // the bytes are not what they claim to be; the finding says how
  | 'source-changed' // the upload was replaced or deleted while it was read
  | 'piece-missing' // a piece of a split upload has not come yet
  | 'piece-changed' // a piece of a split upload was replaced or deleted while it was read, and the last one was not
  | 'too-large' // an object is larger than allowed
  | 'wrong-size' // a part did not have the length that the plan gives it
  | 'deadline' // the invocation's time is nearly over
  | 'bad-event' // the event is not one for this function
  | 'contended' // other functions kept writing the same results
  | 'unannounced' // the results are stored, but the completion event was not accepted
  | 'spool-failed' // the temporary copy of standard input could not be kept
  | 'output-failed' // the result could not be written
  | 'store-failed'; // S3 could not be reached, or refused

/**
 * The class of all errors that Lading throws by itself. Such an error has a code that never changes, a sentence in
 * English (`message`), and the error that caused it (`cause`), if any.
 */
export class LadingError extends Error {
  readonly code: ErrorCode;
  /**
   * The finding (a problem with the archive, explained for the user) that reports this error. Null for all error codes
   * except `bad-archive`.
   */
  readonly finding: Finding | null;
  /** A sentence on what the user can do about the error; an empty text when nothing is known. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { finding?: Finding; remedy?: string }) {
    super(message, options);
    this.name = 'LadingError';
    this.code = code;
    this.remedy = options?.remedy ?? '';
    this.finding = options?.finding ?? null;
  }
}

/**
 * Makes (and does not throw) an error with the code `bad-archive`. `finding` is the message that explains the problem
 * to the user. Functions throw such an error when they cannot read on in an archive. The function `inspect` catches it
 * and reports its finding.
 */
export function badArchive(finding: Finding): LadingError {
  return new LadingError('bad-archive', finding.message, { finding });
}

/**
 * Returns a short name for a thrown value, for logs. For a LadingError, this is the `name` of its `cause` if the cause
 * is an Error, else the `code` of the LadingError. For any other Error, it is its `name`. For any other value, it is
 * `unknown`.
 */
export function codeOf(error: unknown): string {
  if (error instanceof LadingError) return error.cause instanceof Error ? error.cause.name : error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/**
 * True for the code of an error that only says that an upload in several pieces is not finished: a piece is missing
 * (`piece-missing`) or is being replaced (`piece-changed`). The service tries again later, and raises no alarm
 * (docs/decisions/0085).
 */
export function isUnfinished(code: string): boolean {
  return code === 'piece-missing' || code === 'piece-changed';
}
