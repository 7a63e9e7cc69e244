import { both } from '../../catalogue/bilingual.ts';
import { parseAll, parsed, type Parsed, refused, writeLike } from '../../catalogue/parsed.ts';
import { excerpt } from '../../catalogue/brief.ts';
import type { Draft } from './draft.ts';
import { cut, type Instruction } from './lines.ts';
import { expand, type Scope, splitWords } from './words.ts';

type Pair = [name: string, value: string];

/**
 * Returns the pairs of name and value in an ENV or LABEL instruction, with variables expanded; a refusal when the
 * instruction is wrong. There are two forms: `A=1 B="two words"`, and the old form `A some value`.
 */
export function nameValues(draft: Draft, instruction: Instruction): Parsed<Pair[]> {
  const written = writtenPairs(instruction);
  if (!written.ok) return written;
  return parseAll(written.value, ([left, right]): Parsed<Pair> => {
    const name = expand(left, scope(draft, instruction));
    const value = expand(right, scope(draft, instruction));
    if (!name.ok) return name;
    if (!value.ok) return value;
    return name.value === ''
      ? refused(both('a name before = is empty', '= 之前的名称是空的'), writeLike('name=value'))
      : parsed([name.value, value.value]);
  });
}

function writtenPairs({ name, args, escape }: Instruction): Parsed<Pair[]> {
  const words = splitWords(args, escape);
  if (words[0]?.includes('=') === true) {
    return parseAll(words, (word): Parsed<Pair> => {
      const equals = word.indexOf('=');
      if (equals >= 0) return parsed([word.slice(0, equals), word.slice(equals + 1)]);
      return refused(
        both(`"${excerpt(word)}" has no =`, `"${excerpt(word)}" 中没有 =`),
        both(
          `Write ${name} name=value, and quotes around a value with spaces.`,
          `请写成 ${name} name=value，值中有空格时加引号。`,
        ),
      );
    });
  }
  const [first, rest] = cut(args);
  if (rest === '') {
    return refused(both('it needs a name and a value', '需要名称和值'), writeLike(`${name} name=value`));
  }
  if (!rest.startsWith('=')) return parsed([[first, rest]]);
  return refused(
    both(
      `with a space before = Docker would take "${excerpt(rest)}" for the value`,
      `= 之前有空格，Docker 会把 "${excerpt(rest)}" 当作值`,
    ),
    writeLike(excerpt(`${name} ${first}${rest.replace(/^=\s*/, '=')}`)),
  );
}

/**
 * Returns what is needed to expand a Dockerfile instruction: the variables of the image config and of earlier
 * instructions, the escape character, and the function that counts the expanded bytes.
 */
export function scope(draft: Draft, { escape }: Instruction): Scope {
  return { env: draft, escape, spend: (bytes) => draft.spend(bytes) };
}
