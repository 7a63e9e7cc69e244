import { BadSetting } from './bad-setting.ts';

/**
 * The objects of the uploads bucket that a converter handles, selected by the beginning and the ending of their keys.
 */
export interface UploadFilter {
  /** The beginning of the keys that are handled, such as `team/`. Default: every key. */
  prefix?: string | undefined;
  /**
   * The endings of the keys that are handled, such as `.tar`, `.tar.gz`. Default: every ending but `.lading.json`.
   * Objects with that ending hold the options of an upload.
   */
  suffixes?: string[] | undefined;
}

/**
 * A condition on an object's key in an event pattern of EventBridge. The field name is EventBridge's name of the
 * comparison.
 */
export type KeyMatcher =
  | { suffix: string }
  | { prefix: string }
  | { wildcard: string }
  | { 'anything-but': KeyMatcher };

/** Matches characters with a special meaning in patterns of EventBridge or IAM, which no prefix or suffix may have. */
const RESERVED = /[*?$\\"]/u;

/**
 * The largest number of bytes in the setting `prefix`, with which all handled keys begin. Results are stored under the
 * key of their upload. If that key is too long, Lading cuts it, but keeps at least this many bytes of it. So the keys
 * of all results begin with the prefix, too.
 */
const MAX_PREFIX = 900;

/** The keys that one converter handles, as conditions in event patterns and in IAM policies. */
export class UploadKeys {
  readonly #prefix: string;
  readonly #suffixes: string[];

  /** Throws `BadSetting` for a prefix or suffix that event patterns or IAM policies cannot express. */
  constructor({ prefix = '', suffixes = [] }: UploadFilter) {
    for (const text of [prefix, ...suffixes]) {
      if (RESERVED.test(text)) throw new BadSetting(`Cannot filter keys by ${text}: it contains one of * ? $ \\ "`);
    }
    if (suffixes.includes('')) throw new BadSetting('Cannot filter keys by an empty suffix: every key ends in it');
    if (Buffer.byteLength(prefix) > MAX_PREFIX)
      throw new BadSetting(`Cannot filter keys by a prefix of more than ${MAX_PREFIX} bytes`);
    this.#prefix = prefix;
    this.#suffixes = suffixes;
  }

  /**
   * The conditions by which an EventBridge pattern selects the keys of uploads; a key must meet one of them. When only
   * a prefix is set, they also select keys that end with `.lading.json`: EventBridge has no condition on a key that
   * both requires a prefix and excludes a suffix. The objects with such keys hold the options of uploads, and the
   * inspect function ignores them.
   */
  get uploads(): KeyMatcher[] {
    if (this.#suffixes.length > 0) return this.#suffixes.map((suffix) => this.#endingIn(suffix));
    if (this.#prefix !== '') return [{ prefix: this.#prefix }];
    return [{ 'anything-but': { suffix: '.lading.json' } }]; // a sidecar holds the options of an upload
  }

  /**
   * The conditions by which an EventBridge pattern selects the keys of new objects that start the convert function:
   * those that end with `/inspection.json`.
   */
  get inspections(): KeyMatcher[] {
    return [this.#endingIn('/inspection.json')];
  }

  /**
   * Returns an IAM pattern, where `*` matches anything, for keys that begin with the converter's prefix and end with
   * `ending`. By default, keys may end with anything.
   */
  pattern(ending = ''): string {
    return `${this.#prefix}*${ending}`;
  }

  #endingIn(suffix: string): KeyMatcher {
    return this.#prefix === '' ? { suffix } : { wildcard: this.#prefix + '*' + suffix };
  }
}
