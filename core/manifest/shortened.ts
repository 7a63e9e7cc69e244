import { excerpt } from '../catalogue/brief.ts';
import { fewOfEach, type Finding } from '../catalogue/findings.ts';
import { jsonBytes } from '../model/json-size.ts';
import { asObject } from '../model/json.ts';

/** A place in a JSON document where list entries or text were left out, to keep the document below a size limit. */
export interface LeftOut {
  /**
   * The path in the document of the lists or texts that were shortened: `images[].layers` stands for the layers of all
   * images.
   */
  where: string;
  /** The number of list entries that were left out at this path, in all lists together. */
  entries?: number;
  /** The number of characters that were left out at this path, in all texts together. */
  characters?: number;
}

/** The limits for one attempt to shorten a document. */
interface Measure {
  /**
   * The number of entries that this attempt to shorten a document keeps of each list, and of each object inside an
   * image config.
   */
  entries: number;
  /** The number of characters of each text that this attempt to shorten a document keeps. */
  characters: number;
  /** The number of findings with the same code that this attempt to shorten a document keeps. */
  ofACode: number;
  /** True if large values from an image config are shortened like all others, false if they are emptied. */
  shortensConfigs: boolean;
}

/**
 * The attempts to shorten a document, mild ones first. They are made until the document is small enough; the last one
 * leaves some 3 MB of any document.
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
 * The paths of fields that are never shortened, because they identify the document and its result. All of them are
 * short.
 */
const NEVER_SHORTENED = new Set(['source', 'job', 'result.key', 'load', 'cost', 'converter', '_aws']);

/** Matches the paths of values that come from an image config as they are. The uploader chose even the keys in them. */
const FROM_CONFIG = /(?:^|\.)(?:config|history)$/;

/**
 * Shortens a document until its indented JSON has at most `most` bytes. Also returns the places where something was
 * left out.
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

/** The smallest number of bytes that a value takes in indented JSON, with its comma and line break only. */
const VALUE_BYTES = 3;

/**
 * The size in bytes of JSON up to which the last attempt to shorten a document keeps a value from an image config. It
 * empties larger values.
 */
const CONFIG_VALUE_BYTES = 4096;

/**
 * One attempt to shorten a document, by copying it within the limits of a measure. It stops when the copy is too large:
 * with many images that share a config, the copy could become huge.
 */
class Shortening {
  readonly #measure: Measure;
  readonly #lost = new Map<string, { entries: number; characters: number }>();
  #room: number;
  /** The number of lists and objects around the current value, by which it is indented. */
  #depth = 0;

  /**
   * Begins the shortened copy of a document. `room` is the largest size of the copy in bytes; the copy is full when its
   * values and characters take more.
   */
  constructor(measure: Measure, room: number) {
    this.#measure = measure;
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#room < 0;
  }

  /** The places of the document where this attempt has left something out. */
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
    if (NEVER_SHORTENED.has(where) || this.isFull) return value;
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

  /**
   * Copies a value from an image config, shortened. Everything left out inside it is counted for `where`, the path of
   * the whole value.
   */
  #configValue(value: unknown, where: string): unknown {
    this.#room -= VALUE_BYTES + 2 * this.#depth++;
    const copy = this.isFull ? value : this.#configCopy(value, where);
    this.#depth--;
    return copy;
  }

  #configCopy(value: unknown, where: string): unknown {
    if (typeof value === 'string') return this.#text(value, where);
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value))
      return this.#some(value as unknown[], where).map((each) => this.#configValue(each, where));
    const kept = this.#some(Object.entries(value), where);
    return Object.fromEntries(kept.map(([key, each]) => [this.#text(key, where), this.#configValue(each, where)]));
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
