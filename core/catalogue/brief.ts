import { LIMITS } from '../limits.ts';
import { type Bilingual, both } from './bilingual.ts';

/**
 * Shortens a text, such as a name from an archive, for use in a sentence. If the text has more than
 * `LIMITS.wordCharacters` characters, an ellipsis replaces its middle. A shorter text is returned unchanged.
 */
export function brief(text: string): string {
  if (text.length <= LIMITS.wordCharacters) return text;
  const tail = LIMITS.wordCharacters / 8;
  return `${cutTo(text, LIMITS.wordCharacters - tail)}${text
    .slice(-tail)
    .toWellFormed()
    .replace(/^\ufffd/, '')}`;
}

/**
 * Shortens a text to at most `most` characters (200 by default). The last of them is an ellipsis if something was cut
 * off. A text that is not longer is returned unchanged.
 */
export function excerpt(text: string, most = 200): string {
  return text.length <= most ? text : cutTo(text, most);
}

/**
 * Cuts a text that has more than `characters` characters to that length. The last character of the result is an
 * ellipsis. If the cut would split a surrogate pair, the result is one character shorter.
 */
export function cutTo(text: string, characters: number): string {
  const end = isHighSurrogate(text.charCodeAt(characters - 2)) ? characters - 2 : characters - 1;
  return `${text.slice(0, end)}…`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/**
 * Joins items with `separator` into one text for a sentence. A text of more than `LIST_CHARACTERS` characters is cut
 * after an item, and ends with the number of items left out. A first item that is longer by itself is shortened.
 * Returns the text twice, for an English and for a Chinese sentence, because only that number is written differently in
 * them.
 */
export function enumerated(items: readonly string[], separator: string): Bilingual {
  let text = '';
  for (const [at, item] of items.entries()) {
    const next = at === 0 ? item : `${text}${separator}${item}`;
    const left = items.length - at;
    if (next.length > LIST_CHARACTERS && at === 0) text = cutTo(item, LIST_CHARACTERS);
    else if (next.length > LIST_CHARACTERS)
      return both(`${text}${separator}… (${left} more)`, `${text}${separator}…（另有 ${left} 个）`);
    else text = next;
  }
  return both(text, text);
}

/**
 * The most characters of a list inside a sentence; further items are left out. A remark after the list, such as `… (7
 * more)`, is not counted. List and remark together stay below `LIMITS.wordCharacters`.
 */
const LIST_CHARACTERS = LIMITS.wordCharacters - 64;
