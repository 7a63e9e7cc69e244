import { excerpt } from '../catalogue/brief.ts';
import { fewOfEach, type Finding } from '../catalogue/findings.ts';
import { jsonBytes } from '../model/json-size.ts';
import { asObject } from '../model/json.ts';

/** A place in a JSON document that was shortened to keep the document below a bound. */
export interface LeftOut {
  /** The path of the lists or texts: `images[].layers` stands for the layers of all images that were kept. */
  where: string;
  /** The number of entries that were left out, in all these lists together. */
  entries?: number;
  /** The number of characters that were left out, in all these texts together. */
  characters?: number;
}

/** The bounds of one attempt to shorten a document. */
interface Measure {
  /** Entries that are kept of each list, and of each object in an image config. */
  entries: number;
  /** Characters that are kept of each text. */
  characters: number;
  /** Findings that are kept of each code. */
  ofACode: number;
  /** True to shorten a large value from an image config like any other. False to empty it. */
  free: boolean;
}

/** The measures, tried in this order until the document fits. The last one keeps at most some 3 MB of any document. */
const MEASURES: readonly Measure[] = [
  { entries: 10_000, characters: 65_536, ofACode: 128, free: true },
  { entries: 1000, characters: 16_384, ofACode: 64, free: true },
  { entries: 256, characters: 4096, ofACode: 32, free: true },
  { entries: 64, characters: 2048, ofACode: 20, free: true },
  { entries: 16, characters: 1024, ofACode: 20, free: true },
  { entries: 10, characters: 512, ofACode: 1, free: false },
];

const LAST = MEASURES.at(-1);

/** Fields that are never shortened, because they identify the document and its result. Each of them is short. */
const WHOLE = new Set(['source', 'job', 'result.key', 'load', 'cost', 'converter', '_aws']);

/** Paths of values that come unchanged from an image config. The uploader chose their keys as well. */
const FREE = /(?:^|\.)(?:config|history)$/;

/** The document, shortened to `most` bytes of indented JSON, and the places that lost something. */
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

/** The least bytes of a value in indented JSON, with its comma and line break, but without its indentation. */
const VALUE_BYTES = 3;

/** Bytes of JSON up to which a value from an image config is kept whole in the last measure. */
const FREE_BYTES = 4096;

/** A copy, shortened by one measure. It stops when it is full: images that share a config could make it huge. */
class Shortening {
  readonly #measure: Measure;
  readonly #lost = new Map<string, { entries: number; characters: number }>();
  #room: number;
  /** The number of lists and objects around the current value, by which it is indented. */
  #depth = 0;

  /** `room` is in bytes. The copy is full when its values and characters exceed it, so it is certainly too large. */
  constructor(measure: Measure, room: number) {
    this.#measure = measure;
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#room < 0;
  }

  /** The places that have lost something so far. */
  leftOut(): LeftOut[] {
    return [...this.#lost].map(([where, { entries, characters }]) => ({
      where,
      ...(entries > 0 && { entries }),
      ...(characters > 0 && { characters }),
    }));
  }

  of(value: unknown, where: string): unknown {
    this.#room -= VALUE_BYTES + 2 * this.#depth++;
    const copy = this.#copy(value, where);
    this.#depth--;
    return copy;
  }

  #copy(value: unknown, where: string): unknown {
    if (WHOLE.has(where) || this.isFull) return value;
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (FREE.test(where)) return this.#isSmall(value) ? value : this.#freeCopy(value, where);
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

  /** A copy of a value from an image config. All losses inside it count for `where`, the path of the whole value. */
  #free(value: unknown, where: string): unknown {
    this.#room -= VALUE_BYTES + 2 * this.#depth++;
    const copy = this.isFull ? value : this.#freeCopy(value, where);
    this.#depth--;
    return copy;
  }

  #freeCopy(value: unknown, where: string): unknown {
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
    return excerpt(text, characters);
  }

  #lose(where: string, entries: number, characters: number): void {
    if (entries <= 0 && characters <= 0) return;
    const before = this.#lost.get(where) ?? { entries: 0, characters: 0 };
    const { entries: more, characters: longer } = before;
    this.#lost.set(where, { entries: more + Math.max(0, entries), characters: longer + Math.max(0, characters) });
  }
}
