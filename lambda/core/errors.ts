/** Every way a promise can be broken. Codes are stable: they stand in logs, metrics and the archive manifest. */
export type ErrorCode =
  | 'bad-archive' // the bytes are not what they claim to be; carries the finding
  | 'source-changed' // the upload was replaced or deleted while it was read
  | 'too-large' // a small object that is not small
  | 'wrong-size' // a part did not have the length that the plan gives it
  | 'deadline' // the invocation's time is nearly over
  | 'bad-event' // an event that names no upload
  | 'spool-failed' // the temporary copy of standard input could not be kept
  | 'output-failed'; // the result could not be written

/** The one error class of Lading: a closed code, a sentence, and the cause where there is one. */
export class LadingError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LadingError';
    this.code = code;
  }
}
