import { type Bilingual, both } from './bilingual.ts';

/** What came of reading something a user wrote: its meaning, or why it has none and what to write instead. */
export type Parsed<T> = { ok: true; value: T } | Refusal;

/** A sentence that says what is wrong with a text, and one that says what to do about it. */
export interface Refusal {
  ok: false;
  problem: Bilingual;
  remedy: Bilingual;
  /** The bound of the service that was exceeded, and by what, where that is the reason. */
  limit?: { what: Bilingual; limit: number };
}

/** The meaning of a text that could be read. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A text that could not be read. */
export function refused(problem: Bilingual, remedy: Bilingual): Refusal {
  return { ok: false, problem, remedy };
}

/** The remedy that shows what is right. */
export function writeLike(example: string): Bilingual {
  return both(`Write it like ${example}.`, `请写成 ${example} 的样子。`);
}

/** Reads every item, up to the first one that is refused. */
export function parseAll<A, B>(items: Iterable<A>, read: (item: A) => Parsed<B>): Parsed<B[]> {
  const values: B[] = [];
  for (const item of items) {
    const one = read(item);
    if (!one.ok) return one;
    values.push(one.value);
  }
  return parsed(values);
}
