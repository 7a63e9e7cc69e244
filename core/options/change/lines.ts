import { type Bilingual, both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../../catalogue/parsed.ts';
import { excerpt } from '../../catalogue/brief.ts';
import { withoutEnd } from '../../model/trim.ts';

/** One instruction of a change, split into its parts but not interpreted. */
export interface Instruction {
  /** The name in upper case: `HEALTHCHECK`. */
  name: string;
  /** The words before the arguments that begin with two dashes, without quotes. */
  flags: string[];
  /** The arguments: the rest of the line, trimmed. */
  args: string;
  /** The whole line, with its continuation lines joined. */
  line: string;
  /** The character that continues lines and escapes characters: `\` unless a directive sets another. */
  escape: string;
}

/** A parser directive: a comment of this form before all other lines. */
const DIRECTIVE = /^#\s*(syntax|check|escape)\s*=\s*(\S.*)$/i;

/** Splits changes into instructions. All changes form one Dockerfile, but no line may continue in the next change. */
export class ChangeReader {
  #escape = '\\';
  /** True until the first line that is not a directive; later directives are ordinary comments. */
  #inDirectives = true;

  /** Reads the instructions of the next change; the problem of a refusal is the bare reason. */
  read(change: string): Parsed<Instruction[]> {
    const lines: string[] = [];
    let unfinished: string | null = null;
    for (const raw of change.replace(/^\uFEFF/, '').split('\n')) {
      const physical = withoutEnd(raw, '\r');
      const text: string = unfinished === null ? physical.trimStart() : physical;
      const badDirective = this.#directiveProblem(text);
      if (badDirective !== null)
        return refused(badDirective, both('Write # escape=\\ or # escape=`.', '请写 # escape=\\ 或 # escape=`。'));
      if (text.trim() === '' || text.trimStart().startsWith('#')) continue;
      const continued = this.#withoutContinuation(text);
      const whole: string = `${unfinished ?? ''}${continued ?? text}`;
      unfinished = continued === null ? null : whole;
      if (continued === null) lines.push(whole);
    }
    return unfinished === null ? parsed(lines.map((line) => takeApart(line, this.#escape))) : this.#endless();
  }

  #directiveProblem(line: string): Bilingual | null {
    if (!this.#inDirectives) return null;
    const [, name, value] = DIRECTIVE.exec(line.trimEnd()) ?? [];
    this.#inDirectives = name !== undefined;
    if (name?.toLowerCase() !== 'escape' || value === undefined) return null;
    this.#escape = value;
    if (value === '\\' || value === '`') return null;
    return both(`${excerpt(value)} cannot be the escape character`, `${excerpt(value)} 不能作为转义字符`);
  }

  /** The line without the escape character at its end; null when the line is not continued. */
  #withoutContinuation(line: string): string | null {
    const text = withoutEnd(line, ' \t');
    const isContinued = text.endsWith(this.#escape) && !text.endsWith(this.#escape.repeat(2));
    return isContinued ? text.slice(0, -1) : null;
  }

  #endless(): Parsed<Instruction[]> {
    return refused(
      both(
        `its last line ends with ${this.#escape}, which in Docker makes the next change a part of it`,
        `最后一行以 ${this.#escape} 结尾，Docker 会因此把下一个改动并入这一个`,
      ),
      both(
        `Leave the ${this.#escape} out, or put the continued lines into the same change.`,
        `请去掉 ${this.#escape}，或把续行放进同一个改动。`,
      ),
    );
  }
}

function takeApart(line: string, escape: string): Instruction {
  const [name, rest] = cut(line.trim());
  const flags: string[] = [];
  let args = rest;
  while (args.startsWith('--')) {
    const [flag, others] = cut(args);
    args = others;
    if (flag === '--') break;
    flags.push(flag.replaceAll(/["']/g, ''));
  }
  return { name: name.toUpperCase(), flags, args, line: line.trim(), escape };
}

/** The first word, and the text after the white space that follows it. */
export function cut(text: string): [first: string, rest: string] {
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space).trimStart()];
}
