import { both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, type Refusal, refused } from '../../catalogue/parsed.ts';
import { LIMITS } from '../../limits.ts';
import { excerpt } from '../../catalogue/brief.ts';

/** One element of a shell pattern: `*` (any text), `?` (any character), or a given character. */
type Token = { kind: 'star' } | { kind: 'any' } | { kind: 'char'; char: string };

/**
 * The number of steps in matching a shell pattern that count as one byte of expanded text. `LIMITS.changedBytes` limits
 * the expanded bytes, and in this way also the time that matching takes.
 */
const STEPS_PER_BYTE = 16;

/**
 * A function that counts bytes that Dockerfile instructions produce when they expand variables. Returns false once
 * there are more than `LIMITS.changedBytes`.
 */
export type Spend = (bytes: number) => boolean;

/**
 * Returns a variable's value without what a shell pattern matches at its beginning or end, as in `${A#b}` and `${A%b}`.
 * `longest` chooses the longest match, else it is the shortest. `*` matches any text within a line, `?` any character,
 * and `\` makes `*`, `?` and `\` ordinary. BuildKit knows no other shell patterns. Returns a refusal when the pattern
 * is wrong, or when `spend` says that there are too many bytes.
 */
export function trimmed(
  value: string,
  pattern: string,
  { atEnd, longest }: { atEnd: boolean; longest: boolean },
  spend: Spend,
): Parsed<string> {
  const tokens = tokensOf(pattern);
  if (!tokens.ok) return tokens;
  const chars = Array.from(value);
  if (!spend(steps(chars, tokens.value))) return TOO_MUCH;
  const [from, of] = atEnd ? [chars.toReversed(), tokens.value.toReversed()] : [chars, tokens.value];
  const end = matchEnd(new Places(of), from, 0, longest);
  if (end < 0) return parsed(value);
  return parsed((atEnd ? chars.slice(0, chars.length - end) : chars.slice(end)).join(''));
}

/**
 * Returns a variable's value in which the first match of a shell pattern is replaced, as in `${A/b/c}`. If `all` is
 * true, every match is, as in `${A//b/c}`. Each match is as long as possible. Returns a refusal when the pattern is
 * wrong, or when `spend` says that there are too many bytes.
 */
export function replaced(
  value: string,
  pattern: string,
  replacement: string,
  all: boolean,
  spend: Spend,
): Parsed<string> {
  const tokens = tokensOf(pattern);
  if (!tokens.ok) return tokens;
  const chars = Array.from(value);
  if (!spend(2 * steps(chars, tokens.value))) return TOO_MUCH;
  const pieces = all ? piecesOf(replacement) : [replacement];
  const fixed = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const parts: string[] = [];
  let kept = 0;
  for (const [start, end] of matches(tokens.value, chars)) {
    const match = chars.slice(start, end).join('');
    // Each `$0` counts as one byte more, because it takes time even when it stands for an empty match.
    if (!spend(fixed + (pieces.length - 1) * (match.length + 1))) return TOO_MUCH;
    if (start > kept) parts.push(chars.slice(kept, start).join(''));
    parts.push(pieces.join(match));
    kept = end;
    if (!all) break;
  }
  return parsed(parts.join('') + chars.slice(kept).join(''));
}

export const TOO_MUCH: Refusal = {
  ...refused(
    both('what its variables make is larger than 4 MiB', '变量展开后超过 4 MiB'),
    both(
      'No engine takes so large a config. Write the values in full, and shorter.',
      '没有引擎接受这么大的配置。请直接写出较短的值。',
    ),
  ),
  limit: {
    what: both('what the changes of the options make, in bytes', '选项中的改动所产生的内容（以字节计）'),
    limit: LIMITS.changedBytes,
  },
};

function tokensOf(pattern: string): Parsed<Token[]> {
  const tokens: Token[] = [];
  const chars = Array.from(pattern);
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') tokens.push({ kind: 'star' });
    else if (char === '?') tokens.push({ kind: 'any' });
    else if (char !== '\\') tokens.push({ kind: 'char', char });
    else {
      const next = chars[++at] ?? '';
      if (next === '' || !'*?\\}/'.includes(next)) {
        return refused(
          both(
            `its pattern "${excerpt(pattern)}" has \\ before "${next}"`,
            `模式 "${excerpt(pattern)}" 中的 \\ 后面是 "${next}"`,
          ),
          both('In a pattern \\ may stand before * ? / } and \\ only.', '在模式中，\\ 之后只能是 * ? / } 或 \\。'),
        );
      }
      tokens.push({ kind: 'char', char: next });
    }
  }
  return parsed(tokens);
}

function steps(chars: string[], tokens: Token[]): number {
  return ((chars.length + 1) * (tokens.length + 1)) / STEPS_PER_BYTE;
}

/**
 * The state of matching a shell pattern with a text, character by character: all elements of the pattern that may match
 * the next character. They are followed together, so that no text makes matching slow.
 */
class Places {
  readonly #tokens: Token[];
  #now: Uint8Array;
  #next: Uint8Array;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
    this.#now = new Uint8Array(tokens.length + 1);
    this.#next = new Uint8Array(tokens.length + 1);
  }

  /** Forgets the progress in matching the shell pattern, before the next match begins. */
  clear(): void {
    this.#now.fill(0);
  }

  /** Begins a match of the shell pattern at the current character of the text. */
  begin(): void {
    this.#reach(this.#now, 0);
  }

  get isMatch(): boolean {
    return this.#now[this.#tokens.length] === 1;
  }

  /**
   * Matches the next character of the text with the shell pattern. Returns false when the pattern can no longer match.
   */
  step(char: string): boolean {
    this.#next.fill(0);
    this.#tokens.forEach((token, at) => {
      if (this.#now[at] !== 1) return;
      if (token.kind === 'char' ? token.char === char : char !== '\n') {
        this.#reach(this.#next, token.kind === 'star' ? at : at + 1);
      }
    });
    [this.#now, this.#next] = [this.#next, this.#now];
    return this.#now.includes(1);
  }

  /**
   * Marks the element of the shell pattern with the index `at` as one that may match the next character. If it is a
   * `*`, the element behind it is marked too, because a `*` also matches an empty text.
   */
  #reach(places: Uint8Array, at: number): void {
    for (let to = at; places[to] === 0; to++) {
      places[to] = 1;
      if (this.#tokens[to]?.kind !== 'star') return;
    }
  }
}

/**
 * Matches a shell pattern with a text from index `start` on. Returns the index where the longest match ends if
 * `longest` is true, else where the shortest ends; -1 when nothing matches.
 */
function matchEnd(places: Places, chars: string[], start: number, longest: boolean): number {
  places.clear();
  places.begin();
  let end = -1;
  for (let at = start; ; at++) {
    if (places.isMatch) {
      end = at;
      if (!longest) return end;
    }
    const char = chars[at];
    if (char === undefined || !places.step(char)) return end;
  }
}

/**
 * Yields the start and the end index of each match of a shell pattern in a text, from left to right. As in Go's regexp
 * package, no empty match comes directly after another match.
 */
function* matches(tokens: Token[], chars: string[]): Generator<[start: number, end: number]> {
  const begins = beginnings(tokens, chars);
  const places = new Places(tokens);
  let last = -1;
  for (let at = 0; at <= chars.length;) {
    const start = begins.indexOf(1, at);
    if (start < 0) return;
    const end = matchEnd(places, chars, start, true);
    if (end > last) yield [start, end];
    last = end;
    at = Math.max(end, at + 1);
  }
}

/**
 * Finds all indexes of a text at which a match of a shell pattern can begin. The result has a 1 at each of these
 * indexes, and a 0 at all others. The text is read backwards, with the reversed pattern, so that it is read only once.
 */
function beginnings(tokens: Token[], chars: string[]): Uint8Array {
  const begins = new Uint8Array(chars.length + 1);
  const places = new Places(tokens.toReversed());
  for (let at = chars.length; ; at--) {
    places.begin();
    if (places.isMatch) begins[at] = 1;
    const char = chars[at - 1];
    if (char === undefined) return begins;
    places.step(char);
  }
}

/**
 * Splits the template `c` of `${A//b/c}` at each `$0`, which stands for the matched text. The template is thus read
 * only once for all matches. In the pieces, `$$` has become one `$`. `$1` and all other names are left out, because
 * they stand for nothing, as in Go's regexp package.
 */
function piecesOf(template: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const [at, part] of template.split(/\$(\$|\w+|\{\w+\})/).entries()) {
    const isName = at % 2 === 1;
    if (!isName || part === '$') piece += part;
    else if (part === '0' || part === '{0}') {
      pieces.push(piece);
      piece = '';
    }
  }
  return [...pieces, piece];
}
