export type Severity = 'error' | 'warning' | 'info';

/** The sentences of a finding in one language. `{word}` is replaced by the detail of that name. */
export interface Sentences {
  message: string;
  /** The remedy; empty when there is nothing to do. */
  remedy: string;
}

/** A finding of the catalogue. */
export interface Entry {
  severity: Severity;
  /** True when a conversion corrects it, even when it is an error. */
  mended?: true;
  /** The usual cause, one line for docs/findings.md. */
  cause: string;
  en: Sentences;
  /** The sentences in Simplified Chinese, with the same `{words}`. */
  zh: Sentences;
  /** Messages of clients about it, so that a search for a message finds it. `…` stands for what varies. */
  clientErrors: readonly string[];
}
