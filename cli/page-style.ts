import type { Language } from '../core/catalogue/bilingual.ts';
import type { Io } from './io.ts';
import { type Words, WORDS } from '../core/page/words.ts';
import { type Paint, paintFor } from './print/text.ts';

/** The style of what a command prints: the language, the colours, and what the terminal can show. */
export interface PageStyle {
  language: Language;
  words: Words;
  paint: Paint;
  /** True when the locale of the user is one with UTF-8: then block characters and ellipses (…) can be shown. */
  unicode: boolean;
  /**
   * The width of the terminal in columns; 40 for a narrower terminal. Null when there is no terminal: lines are then
   * not wrapped.
   */
  width: number | null;
}

/** The language to print in: that of `--lang`, else Chinese if LC_ALL, LC_MESSAGES or LANG names it, else English. */
export function spokenLanguage(chosen: Language | null, env: Io['env']): Language {
  return chosen ?? (/^zh/i.test(first(env, 'LC_ALL', 'LC_MESSAGES', 'LANG')) ? 'zh' : 'en');
}

/**
 * Returns the style in which to print to a stream: language, colours, characters and width. `language` is that of
 * `--lang`; null when the flag was not typed.
 */
export function styleFor(
  stream: { isTTY?: boolean; columns?: number },
  language: Language | null,
  env: Io['env'],
): PageStyle {
  const spoken = spokenLanguage(language, env);
  return {
    language: spoken,
    words: WORDS[spoken],
    paint: paintFor(stream, env),
    unicode: /utf-?8/i.test(first(env, 'LC_ALL', 'LC_CTYPE', 'LANG')),
    width: stream.isTTY === true ? Math.max(40, stream.columns ?? 80) : null,
  };
}

/**
 * The value of the first of several environment variables that is set and not empty, as POSIX says for locales. Empty
 * when there is none.
 */
function first(env: Io['env'], ...names: string[]): string {
  return names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
}
