import { LIMITS } from '../limits.ts';
import { type Bilingual, both } from './bilingual.ts';

/** The text for a sentence. A text longer than `LIMITS.wordCharacters` gets an ellipsis in place of its middle. */
export function brief(text: string): string {
  if (text.length <= LIMITS.wordCharacters) return text;
  const tail = LIMITS.wordCharacters / 8;
  return `${cutTo(text, LIMITS.wordCharacters - tail)}${text
    .slice(-tail)
    .toWellFormed()
    .replace(/^\ufffd/, '')}`;
}

/** The text, shortened to `most` characters with an ellipsis at its end. */
export function excerpt(text: string, most = 200): string {
  return text.length <= most ? text : cutTo(text, most);
}

/** The beginning of a text with an ellipsis, `characters` long in all. No surrogate pair is cut in two. */
export function cutTo(text: string, characters: number): string {
  const end = isHighSurrogate(text.charCodeAt(characters - 2)) ? characters - 2 : characters - 1;
  return `${text.slice(0, end)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** A list for a sentence: as many of its first items as fit, and the number of the others. */
export function enumerated(items: readonly string[], separator: string): Bilingual {
  let text = '';
  for (const [at, item] of items.entries()) {
    const next = at === 0 ? item : `${text}${separator}${item}`;
    const left = items.length - at;
    if (next.length > ROOM && at === 0) text = cutTo(item, ROOM);
    else if (next.length > ROOM)
      return both(`${text}${separator}… (${left} more)`, `${text}${separator}…（另有 ${left} 个）`);
    else text = next;
  }
  return both(text, text);
}

/** The most characters of a list: fewer than those of a word, so that the number of the others is never cut off. */
const ROOM = LIMITS.wordCharacters - 64;
