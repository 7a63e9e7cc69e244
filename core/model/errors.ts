import type { Finding } from '../catalogue/findings.ts';

/** Every way a promise can be broken. Codes are stable: they stand in logs and metrics. */
export type ErrorCode =
  | 'bad-archive' // the bytes are not what they claim to be; the finding says how
  | 'source-changed' // the upload was replaced or deleted while it was read
  | 'too-large' // a small object that is not small
  | 'wrong-size' // a part did not have the length that the plan gives it
  | 'deadline' // the invocation's time is nearly over
  | 'bad-event' // an event that names no upload
  | 'contended' // others kept writing the same results at the same time
  | 'unannounced' // the results are there, but nobody could be told
  | 'spool-failed' // the temporary copy of standard input could not be kept
  | 'output-failed' // the result could not be written
  | 'store-failed'; // S3 could not be reached, or refused

/** The one error class of Lading: a closed code, a sentence, and the cause where there is one. */
export class LadingError extends Error {
  readonly code: ErrorCode;
  /** Set for `bad-archive` only: what the manifest will say. */
  readonly finding: Finding | null;
  /** What a person can do about it; empty where nothing is known. */
  readonly remedy: string;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { finding?: Finding; remedy?: string }) {
    super(message, options);
    this.name = 'LadingError';
    this.code = code;
    this.remedy = options?.remedy ?? '';
    this.finding = options?.finding ?? null;
  }
}

/** The reader's way out of a loop that cannot go on; the pipeline turns it back into the finding. */
export function badArchive(finding: Finding): LadingError {
  return new LadingError('bad-archive', finding.message, { finding });
}
