export type Severity = 'error' | 'warning' | 'info';

/**
 * The two sentences of a finding (something that Lading reports about an upload) in one language: what is wrong, and
 * what to do about it. In the catalogue of findings, they have placeholders such as `{member}`, which values replace
 * later.
 */
export interface Sentences {
  message: string;
  /** The sentence on what the user can do about a finding; empty when there is nothing to do. */
  remedy: string;
}

/**
 * One kind of finding, a fault or a remark that Lading reports about an upload: its severity, its usual cause, its
 * sentences, and the error messages of clients.
 */
export interface Entry {
  severity: Severity;
  /**
   * True for a finding whose fault a conversion corrects, even without the option `mend`. The finding then does not
   * prevent the conversion, even with the severity `error`.
   */
  mended?: true;
  /** True for a finding whose fault a conversion corrects only when the option `mend` is given (docs/mend.md). */
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
