import type { Language } from '../core/catalogue/bilingual.ts';
import type { Io } from './io.ts';
import { type Paint, paintFor } from './print/text.ts';
import { type Words, WORDS } from './words.ts';

/** How a page is to look: its language, its colours, and what its terminal can show. */
export interface Look {
  language: Language;
  words: Words;
  paint: Paint;
  /** True when block characters and ellipses come out right. */
  unicode: boolean;
  /** Columns; null where there is no terminal, and so nothing to be wrapped. */
  width: number | null;
}

/** The language chosen, else that of the surroundings (LC_ALL, LC_MESSAGES, LANG). */
export function spokenLanguage(chosen: Language | null, env: Io['env']): Language {
  return chosen ?? (/^zh/i.test(first(env, 'LC_ALL', 'LC_MESSAGES', 'LANG')) ? 'zh' : 'en');
}

/** The look of a page on `stream`. */
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

/** The first of the variables that is set and not empty, as POSIX has it. */
function first(env: Io['env'], ...names: string[]): string {
  return names.map((name) => env[name] ?? '').find((value) => value !== '') ?? '';
}
