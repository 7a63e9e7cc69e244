import { cutTo } from '../catalogue/brief.ts';
import { fewOfEach, type Finding } from '../catalogue/findings.ts';
import { jsonBytes } from '../model/json-size.ts';
import { asObject } from '../model/json.ts';

/** What of a JSON document was left out because the whole would be larger than its readers take. */
export interface LeftOut {
  /** Which lists or texts: `images[].layers` are those of all images that are left. */
  where: string;
  /** How many entries the lists have lost together. */
  entries?: number;
  /** How many characters the texts have lost together. */
  characters?: number;
}

/** How much is kept: entries of each list or object, characters of each text, findings of one code. */
interface Measure {
  entries: number;
  characters: number;
  ofACode: number;
  /** Whether a large value from an image config, which may be nested, is kept as far as the rest. Else it is emptied. */
  free: boolean;
}

/** One after the other is tried. The last keeps at most some 3 MB, whatever there was. */
const MEASURES: readonly Measure[] = [
  { entries: 10_000, characters: 65_536, ofACode: 128, free: true },
  { entries: 1000, characters: 16_384, ofACode: 64, free: true },
  { entries: 256, characters: 4096, ofACode: 32, free: true },
  { entries: 64, characters: 2048, ofACode: 20, free: true },
  { entries: 16, characters: 1024, ofACode: 20, free: true },
  { entries: 10, characters: 512, ofACode: 1, free: false },
];

const LAST = MEASURES.at(-1);

/** By these a document is known and found again, so they stay as they are. Each of them is short. */
const WHOLE = new Set(['source', 'job', 'result.key', 'load', 'cost', 'converter', '_aws']);

/** The parts of a document that come from an image config as they are: their keys are an uploader's, too. */
const FREE = /(?:^|\.)(?:config|history)$/;

/** The document, in `most` bytes of indented JSON, and what was left out for that; where it fits, it stays as it is. */
export function shortened<T extends object>(document: T, most: number): { document: T; leftOut: LeftOut[] } {
  if (jsonBytes(document, most) <= most) return { document, leftOut: [] };
  let short = { document, leftOut: [] as LeftOut[] };
  for (const measure of MEASURES) {
    const shortening = new Shortening(measure, measure === LAST ? Infinity : most);
    short = { document: shortening.of(document, '') as T, leftOut: shortening.leftOut() };
    if (!shortening.isFull && jsonBytes(short, most) <= most) break;
  }
  return short;
}

/** The least that a value takes with its comma, new line and indentation. */
const VALUE_BYTES = 5;

/** In the last measure: what of an image config is no larger than this is kept. */
const FREE_BYTES = 4096;

/** A copy by one measure. It stops once it is `full`: then it is no good, and images that share a config make it huge. */
class Shortening {
  readonly #measure: Measure;
  readonly #lost = new Map<string, { entries: number; characters: number }>();
  #room: number;

  /** `room` is in bytes. A copy of more values and characters than that is certainly too large. */
  constructor(measure: Measure, room: number) {
    this.#measure = measure;
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#room < 0;
  }

  /** What was lost so far, without the places where nothing was. */
  leftOut(): LeftOut[] {
    return [...this.#lost].map(([where, { entries, characters }]) => ({
      where,
      ...(entries > 0 && { entries }),
      ...(characters > 0 && { characters }),
    }));
  }

  of(value: unknown, where: string): unknown {
    this.#room -= VALUE_BYTES;
    if (WHOLE.has(where) || this.isFull) return value;
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (FREE.test(where)) return this.#isSmall(value) ? value : this.#free(value, where);
    if (Array.isArray(value)) return this.#list(value as unknown[], where).map((each) => this.of(each, `${where}[]`));
    const inside = where === '' ? '' : `${where}.`;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.of(each, inside + key)]));
  }

  #isSmall(value: object): boolean {
    return !this.#measure.free && jsonBytes(value, FREE_BYTES) <= FREE_BYTES;
  }

  #list(list: unknown[], where: string): unknown[] {
    if (where !== 'findings' || asObject(list[0]) === null) return this.#some(list, where, this.#measure.entries);
    const few = fewOfEach(list as Finding[], this.#measure.ofACode);
    this.#lose(where, list.length - few.length, 0);
    return few;
  }

  /** Something inside of what an uploader wrote: the places are counted as one. */
  #free(value: unknown, where: string): unknown {
    this.#room -= VALUE_BYTES;
    if (this.isFull) return value;
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#some(value as unknown[], where).map((each) => this.#free(each, where));
    const kept = this.#some(Object.entries(value), where);
    return Object.fromEntries(kept.map(([key, each]) => [this.#text(key, where), this.#free(each, where)]));
  }

  #some<E>(list: E[], where: string, most: number = this.#measure.free ? this.#measure.entries : 0): E[] {
    this.#lose(where, list.length - most, 0);
    return list.length > most ? list.slice(0, most) : list;
  }

  #text(text: string, where: string): string {
    const { characters } = this.#measure;
    this.#room -= Math.min(characters, text.length);
    this.#lose(where, 0, text.length - characters);
    return text.length > characters ? cutTo(text, characters) : text;
  }

  #lose(where: string, entries: number, characters: number): void {
    if (entries <= 0 && characters <= 0) return;
    const before = this.#lost.get(where) ?? { entries: 0, characters: 0 };
    const { entries: more, characters: longer } = before;
    this.#lost.set(where, { entries: more + Math.max(0, entries), characters: longer + Math.max(0, characters) });
  }
}
