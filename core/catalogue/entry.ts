export type Severity = 'error' | 'warning' | 'info';

/** What is so, and what to do about it, in one language; `{word}` is filled from the detail given. */
export interface Sentences {
  message: string;
  /** Empty when there is nothing to do. */
  remedy: string;
}

/** One finding as it stands in the catalogue. */
export interface Entry {
  severity: Severity;
  /** True when a conversion puts it right, even though it may be an error. */
  mended?: true;
  /** How it comes about, one line for docs/findings.md. */
  cause: string;
  en: Sentences;
  /** The same in Simplified Chinese, with the same `{words}`. */
  zh: Sentences;
  /** What clients print when they meet it, so that a search for the error finds it. `…` stands for what varies. */
  clientErrors: readonly string[];
}
