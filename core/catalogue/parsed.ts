import { type Bilingual, both } from './bilingual.ts';

/** The result of parsing a text that a user wrote: its value, or the reason why it is refused. */
export type Parsed<T> = { ok: true; value: T } | Refusal;

/**
 * The refusal of a text that a user wrote: one sentence on what is wrong with it (`problem`), and one on how to correct
 * it (`remedy`).
 */
export interface Refusal {
  ok: false;
  problem: Bilingual;
  remedy: Bilingual;
  /**
   * Set when a user's text is refused because it exceeds a limit. `what` names what is limited, and `limit` is the
   * highest allowed number. Absent when the text is refused for another reason.
   */
  limit?: { what: Bilingual; limit: number };
}

/** Makes the result for a user's text that is accepted: `value` is what the text means. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Makes the result for a user's text that is refused: the problem and its remedy, each a sentence. */
export function refused(problem: Bilingual, remedy: Bilingual): Refusal {
  return { ok: false, problem, remedy };
}

/** The remedy "Write it like …" with an example, for a text that was refused. */
export function writeLike(example: string): Bilingual {
  return both(`Write it like ${example}.`, `请写成 ${example} 的样子。`);
}

/**
 * Parses each item of a list with the function `read`. Returns all values in order, or the refusal of the first item
 * that is refused.
 */
export function parseAll<A, B>(items: Iterable<A>, read: (item: A) => Parsed<B>): Parsed<B[]> {
  const values: B[] = [];
  for (const item of items) {
    const one = read(item);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return parsed(values);
}
