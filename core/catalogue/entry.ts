export type Severity = 'error' | 'warning' | 'info';

/**
 * The two sentences of a finding (something that Lading reports about an upload) in one language: what is wrong, and
 * what to do about it. In the catalogue, which has all kinds of findings, they contain placeholders such as `{member}`.
 * When a finding is made, values replace the placeholders.
 */
export interface Sentences {
  message: string;
  /** The sentence on what the user can do about a fault or remark; empty when there is nothing to do. */
  remedy: string;
}

/**
 * One kind of finding, a fault or a remark that Lading reports about an upload: its severity, its usual cause, its
 * sentences, and the error messages of clients.
 */
export interface Entry {
  severity: Severity;
  /**
   * True for a kind of fault that every conversion to an image archive corrects, even without the option `mend`; absent
   * for others. Such a fault does not prevent the conversion, even with the severity `error`.
   */
  mended?: true;
  /**
   * True for a kind of fault that a conversion with the user's option `mend` corrects (docs/mend.md); absent for
   * others.
   */
  onRequest?: true;
  /** The usual cause of this kind of fault or remark in one line, in English. It is printed in docs/findings.md. */
  cause: string;
  en: Sentences;
  /**
   * The sentences for the user in Simplified Chinese: what is wrong, and what to do about it. They have the same
   * placeholders as the English ones, such as `{member}`.
   */
  zh: Sentences;
  /**
   * The error messages that clients print for an archive with this kind of fault; empty when there are none. They are
   * listed in docs/findings.md, so that users who search for a message find the fault. In a message, `…` stands for
   * words that vary.
   */
  clientErrors: readonly string[];
}
