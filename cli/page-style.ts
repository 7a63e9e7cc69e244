import type { Language } from '../core/catalogue/bilingual.ts';
import type { Io } from './io.ts';
import { type Words, WORDS } from './page-labels.ts';
import { type Paint, paintFor } from './print/text.ts';

/** The look of what a command prints: the language, the colours, and the abilities of the terminal. */
export interface Look {
  language: Language;
  words: Words;
  paint: Paint;
  /** True when the terminal can show block characters and ellipses. */
  unicode: boolean;
  /** The width of the terminal in columns. Null without a terminal: then lines are not wrapped. */
  width: number | null;
}

/** The language that was chosen with `--lang`, or else that of the variables LC_ALL, LC_MESSAGES and LANG. */
export function spokenLanguage(chosen: Language | null, env: Io['env']): Language {
  return chosen ?? (/^zh/i.test(first(env, 'LC_ALL', 'LC_MESSAGES', 'LANG')) ? 'zh' : 'en');
}

/** The look of what is printed to `stream`. */
export function lookFor(
  stream: { isTTY?: boolean; columns?: number },
  language: Language | null,
  env: Io['env'],
): Look {
  const spoken = spokenLanguage(language, env);
  return {
    language: spoken,
    words: WORDS[spoken],
    paint: paintFor(stream, env),
    unicode: /utf-?8/i.test(first(env, 'LC_ALL', 'LC_CTYPE', 'LANG')),
    width: stream.isTTY === true ? Math.max(40, stream.columns ?? 80) : null,
  };
}

/** The value of the first environment variable that is set and not empty (the order of POSIX for locales). */
function first(env: Io['env'], ...names: string[]): string {
  return names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
}
