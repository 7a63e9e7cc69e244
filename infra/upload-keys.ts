import { BadSetting } from './bad-setting.ts';

/** Which objects of the uploads bucket the converter handles. */
export interface UploadFilter {
  /** Handle only keys that begin with this: `team/`. Default: every key. */
  prefix?: string | undefined;
  /** Handle only keys that end with one of these: `.tar`, `.tar.gz`. Default: every key but those of sidecars. */
  suffixes?: string[] | undefined;
}

/** A condition on a key in an event pattern of EventBridge. */
export type KeyMatcher =
  | { suffix: string }
  | { prefix: string }
  | { wildcard: string }
  | { 'anything-but': KeyMatcher };

/** Characters with a special meaning in the patterns of EventBridge or IAM. */
const RESERVED = /[*?$\\"]/u;

/** Bytes. However long a key is, the keys of its results begin with at least this many bytes of it. */
const MAX_PREFIX = 900;

/** The keys that one converter handles, in the notations of event patterns and policies. */
export class UploadKeys {
  readonly #prefix: string;
  readonly #suffixes: string[];

  /** Throws `BadSetting` for a prefix or suffix that the patterns cannot express. */
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
   * Conditions for uploads. Patterns cannot say "this prefix, but not that suffix". So with a prefix alone sidecars
   * match as well, and the inspect function ignores them.
   */
  get uploads(): KeyMatcher[] {
    if (this.#suffixes.length > 0) return this.#suffixes.map((suffix) => this.#endingIn(suffix));
    if (this.#prefix !== '') return [{ prefix: this.#prefix }];
    return [{ 'anything-but': { suffix: '.lading.json' } }]; // a sidecar holds the options of an upload
  }

  /** Conditions for hand-offs (`inspection.json`), which start the convert function. */
  get inspections(): KeyMatcher[] {
    return [this.#endingIn('/inspection.json')];
  }

  /** The keys with this ending, in the notation of policies. `*` matches anything, slashes too. */
  pattern(ending = ''): string {
    return `${this.#prefix}*${ending}`;
  }

  #endingIn(suffix: string): KeyMatcher {
    return this.#prefix === '' ? { suffix } : { wildcard: this.#prefix + '*' + suffix };
  }
}
