import { excerpt } from '../catalogue/brief.ts';
import { fewOfEach, type Finding } from '../catalogue/findings.ts';
import { jsonBytes } from '../model/json-size.ts';
import { asObject } from '../model/json.ts';

/** A place in a JSON document where list entries or text were left out, to keep the document below a size limit. */
export interface LeftOut {
  /**
   * The path of lists or texts that were shortened in a document: `images[].layers` stands for the layers of all
   * images.
   */
  where: string;
  /**
   * The number of list entries that were left out at one path of a shortened document; absent when it is 0. A path such
   * as `images[].layers` stands for several lists, whose numbers are added up.
   */
  entries?: number;
  /**
   * The number of characters that were left out at one path of a shortened document; absent when it is 0. A path such
   * as `images[].names[]` stands for several texts, whose numbers are added up.
   */
  characters?: number;
}

/** The limits for one attempt to shorten a document. */
interface Measure {
  /**
   * In one attempt to shorten a document: the most entries that are kept of each list, and of each object inside an
   * image config.
   */
  entries: number;
  /** In one attempt to shorten a document: the most characters that are kept of each text. */
  characters: number;
  /** In one attempt to shorten a document: the most findings that are kept of those with the same code. */
  ofACode: number;
  /**
   * In one attempt to shorten a document: true if the values from an image config are shortened like other values. If
   * false, an empty list or object is written in place of such a value with more than `CONFIG_VALUE_BYTES`.
   */
  shortensConfigs: boolean;
}

/**
 * The limits for the attempts to shorten a document, from the highest to the lowest. The attempts are made one after
 * another until the document is small enough. After the last attempt, a document has at most some 3 MB.
 */
const MEASURES: readonly Measure[] = [
  { entries: 10_000, characters: 65_536, ofACode: 128, shortensConfigs: true },
  { entries: 1000, characters: 16_384, ofACode: 64, shortensConfigs: true },
  { entries: 256, characters: 4096, ofACode: 32, shortensConfigs: true },
  { entries: 64, characters: 2048, ofACode: 20, shortensConfigs: true },
  { entries: 16, characters: 1024, ofACode: 20, shortensConfigs: true },
  { entries: 10, characters: 512, ofACode: 1, shortensConfigs: false },
];

const LAST = MEASURES.at(-1);

/**
 * The paths of fields that are never shortened, because they are short, and tell which upload and which result a
 * document is about.
 */
const NEVER_SHORTENED = new Set(['source', 'job', 'result.key', 'load', 'cost', 'converter', '_aws']);

/**
 * Matches the paths of values that come unchanged from an image config (`config`, `history`). In these values, keys are
 * shortened as well as texts, because the uploader chose the keys, and they may be long.
 */
const FROM_CONFIG = /(?:^|\.)(?:config|history)$/;

/**
 * Returns a copy of a document in which lists and texts are shortened until its indented JSON has at most `most` bytes;
 * the document itself if it is small enough. After the last attempt, the copy may still have some 3 MB. Also returns
 * the places where something was left out (`leftOut`).
 */
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

/**
 * The fewest bytes that any value takes in indented JSON: one digit, a comma and a line feed. By this, a copy that gets
 * too large is recognised before it is written as JSON.
 */
const VALUE_BYTES = 3;

/**
 * The most bytes of JSON that a value from an image config may keep in the last attempt to shorten a document. A larger
 * value becomes an empty list or object.
 */
const CONFIG_VALUE_BYTES = 4096;

/**
 * One attempt to shorten a document. It makes a copy in which lists and texts are no longer than allowed, and stops
 * when the copy gets too large.
 */
class Shortening {
  readonly #measure: Measure;
  readonly #lost = new Map<string, { entries: number; characters: number }>();
  #room: number;
  /** The number of lists and objects around the current value. The indentation of the value depends on this number. */
  #depth = 0;

  /**
   * Begins the shortened copy of a document. `room` is the most bytes that values and characters of the copy may take.
   * With more than that, the attempt is given up.
   */
  constructor(measure: Measure, room: number) {
    this.#measure = measure;
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#room < 0;
  }

  /**
   * Lists the places where the shortened document lacks something, with the numbers of list entries and of characters
   * that were left out; empty when nothing was.
   */
  leftOut(): LeftOut[] {
    return [...this.#lost].map(([where, { entries, characters }]) => ({
      where,
      ...(entries > 0 && { entries }),
      ...(characters > 0 && { characters }),
    }));
  }

  /**
   * Returns a shortened copy of a value of the document. `where` is the path of the value. Inside an image config
   * (`isInConfig`), it is the path of the config, so that all that is left out of the config is added up under one
   * path. When the copy of the document is already too large, returns the value itself.
   */
  of(value: unknown, where: string, isInConfig = false): unknown {
    this.#room -= VALUE_BYTES + 2 * this.#depth++;
    const copy = this.isFull ? value : isInConfig ? this.#configCopy(value, where) : this.#copy(value, where);
    this.#depth--;
    return copy;
  }

  #copy(value: unknown, where: string): unknown {
    if (NEVER_SHORTENED.has(where)) return value;
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (FROM_CONFIG.test(where)) return this.#isSmall(value) ? value : this.#configCopy(value, where);
    if (Array.isArray(value)) return this.#list(value as unknown[], where).map((each) => this.of(each, `${where}[]`));
    const inside = where === '' ? '' : `${where}.`;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.of(each, inside + key)]));
  }

  #isSmall(value: object): boolean {
    return !this.#measure.shortensConfigs && jsonBytes(value, CONFIG_VALUE_BYTES) <= CONFIG_VALUE_BYTES;
  }

  #list(list: unknown[], where: string): unknown[] {
    if (where !== 'findings' || asObject(list[0]) === null) return this.#some(list, where, this.#measure.entries);
    const few = fewOfEach(list as Finding[], this.#measure.ofACode);
    this.#lose(where, list.length - few.length, 0);
    return few;
  }

  #configCopy(value: unknown, where: string): unknown {
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#some(value as unknown[], where).map((each) => this.of(each, where, true));
    const kept = this.#some(Object.entries(value), where);
    return Object.fromEntries(kept.map(([key, each]) => [this.#text(key, where), this.of(each, where, true)]));
  }

  #some<E>(list: E[], where: string, most: number = this.#measure.shortensConfigs ? this.#measure.entries : 0): E[] {
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
