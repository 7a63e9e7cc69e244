import { type Bilingual, both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, refused } from '../../catalogue/parsed.ts';
import { excerpt } from '../../catalogue/brief.ts';
import { withoutEnd } from '../../model/trim.ts';

/** A Dockerfile instruction, split into its parts but not yet interpreted. */
export interface Instruction {
  /** The name of a Dockerfile instruction in upper case, such as `HEALTHCHECK`. */
  name: string;
  /**
   * The flags of a Dockerfile instruction, such as `--interval=30s`, with quotes removed. They stand between its name
   * and its arguments.
   */
  flags: string[];
  /**
   * The arguments of a Dockerfile instruction: the rest of its line after name and flags, without white space at both
   * ends.
   */
  args: string;
  /** The whole line of a Dockerfile instruction, with its continuation lines joined to it. */
  line: string;
  /**
   * The escape character of a Dockerfile, which also continues lines: `\`, or a backtick if a parser directive sets it.
   */
  escape: string;
}

/** Matches a parser directive of a Dockerfile, such as `# escape=\`. Directives are comments before all other lines. */
const DIRECTIVE = /^#\s*(syntax|check|escape)\s*=\s*(\S.*)$/i;

/**
 * Splits the texts of the option `change` into Dockerfile instructions. All texts together are read as one Dockerfile,
 * but a line cannot continue from one text into the next.
 */
export class ChangeReader {
  #escape = '\\';
  /**
   * True while all lines so far were parser directives, such as `# escape=\`. After any other line, a directive is a
   * mere comment.
   */
  #inDirectives = true;

  /**
   * Splits the next text of the option `change` into Dockerfile instructions. Returns an empty list if the text has
   * only comments and empty lines. Returns a refusal if the text is wrong; its `problem` is only the reason, not a full
   * sentence.
   */
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

  /**
   * Returns a Dockerfile line that continues on the next line, without the escape character at its end; null when it
   * does not continue.
   */
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

/**
 * Splits a text into its first word and the rest, without the white space between them. The rest is empty if there is
 * only one word.
 */
export function cut(text: string): [first: string, rest: string] {
  const space = text.search(/\s/);
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space).trimStart()];
}
