export type Severity = 'error' | 'warning' | 'info';

/** Something a user should know about an archive. An `error` means that no image archive is written. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** What is so, as one sentence, with the member or the offset in it. */
  message: string;
  /** What to do about it. */
  remedy: string;
  /** The member's name, printable. */
  member?: string;
  /** Where in the decompressed archive, or in the upload when it never got that far, in bytes. */
  offset?: number;
}

// filled in below by the catalogue
export type FindingCode = string;
