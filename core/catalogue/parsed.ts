import { type Bilingual, both } from './bilingual.ts';

/** The result of reading a user's text: its value, or why it is refused. */
export type Parsed<T> = { ok: true; value: T } | Refusal;

/** A sentence on what is wrong with a text, and one on what to do about it. */
export interface Refusal {
  ok: false;
  problem: Bilingual;
  remedy: Bilingual;
  /** The bound that was exceeded, and by what; absent when the refusal has another reason. */
  limit?: { what: Bilingual; limit: number };
}

/** Makes the result for a text that could be read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** Makes the result for a text that is refused. */
export function refused(problem: Bilingual, remedy: Bilingual): Refusal {
  return { ok: false, problem, remedy };
}

/** The remedy that shows an example. */
export function writeLike(example: string): Bilingual {
  return both(`Write it like ${example}.`, `请写成 ${example} 的样子。`);
}

/** Reads all items, and stops at the first one that is refused. */
export function parseAll<A, B>(items: Iterable<A>, read: (item: A) => Parsed<B>): Parsed<B[]> {
  const values: B[] = [];
  for (const item of items) {
    const one = read(item);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return parsed(values);
}
