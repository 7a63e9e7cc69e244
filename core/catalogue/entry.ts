export type Severity = 'error' | 'warning' | 'info';

/**
 * The two sentences of a finding in one language: what is wrong, and what to do about it. In the catalogue, they have
 * placeholders such as `{member}`, which details replace later.
 */
export interface Sentences {
  message: string;
  /** The sentence on what the user can do about a finding; empty when there is nothing to do. */
  remedy: string;
}

/**
 * A kind of finding in Lading's catalogue: its severity, its usual cause, its sentences, and error messages of clients.
 */
export interface Entry {
  severity: Severity;
  /** True for a finding that a conversion corrects. Even if it is an error, it does not prevent the conversion. */
  mended?: true;
  /** True for a finding that a conversion corrects when it is asked to with the option `mend` (docs/mend.md). */
  onRequest?: true;
  /** The usual cause of a finding in one line, for docs/findings.md. */
  cause: string;
  en: Sentences;
  /** The sentences of a finding in Simplified Chinese. They have the same placeholders as the English ones. */
  zh: Sentences;
  /**
   * The error messages that clients print for an archive with this finding. Users who search for a message find the
   * finding by it. In a message, `…` stands for words that vary.
   */
  clientErrors: readonly string[];
}
