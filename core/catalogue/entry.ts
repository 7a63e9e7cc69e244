export type Severity = 'error' | 'warning' | 'info';

/** The two sentences of a finding in one language. In the catalogue, `{word}` stands for the detail of that name. */
export interface Sentences {
  message: string;
  /** The sentence on what the user can do about a finding; empty when there is nothing to do. */
  remedy: string;
}

/**
 * A kind of finding as the catalogue describes it: its severity, usual cause, sentences and the matching messages of
 * clients.
 */
export interface Entry {
  severity: Severity;
  /** True for a finding that a conversion corrects. Such a finding forbids no conversion, even if it is an error. */
  mended?: true;
  /** The usual cause of a finding in one line, for docs/findings.md. */
  cause: string;
  en: Sentences;
  /** The sentences of a finding in Simplified Chinese, with the same `{words}` as the English ones. */
  zh: Sentences;
  /**
   * The messages that clients print about an archive with this finding, so that a search for a message leads to the
   * finding. `…` stands for the words that vary.
   */
  clientErrors: readonly string[];
}
