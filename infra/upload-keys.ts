import { BadSetting } from './bad-setting.ts';

/** Which keys of the uploads bucket are archives to convert. */
export interface UploadFilter {
  /** Only keys that begin so: `team/`. All others are left alone. Default: every key. */
  prefix?: string | undefined;
  /** Only keys that end in one of these: `.tar`, `.tar.gz`. Default: any ending but that of a sidecar. */
  suffixes?: string[] | undefined;
}

/** What EventBridge compares a key with. */
export type KeyMatcher =
  | { suffix: string }
  | { prefix: string }
  | { wildcard: string }
  | { 'anything-but': KeyMatcher };

/** They mean something of their own in the patterns of EventBridge or of IAM. */
const RESERVED = /[*?$\\"]/u;

/** Bytes: the service keeps at least so much of a key in the keys of its results, however long the key is. */
const MAX_PREFIX = 900;

/** The keys of one converter, as event patterns and policies name them. */
export class UploadKeys {
  readonly #prefix: string;
  readonly #suffixes: string[];

  /** Throws `BadSetting` for a prefix or suffix that patterns cannot express. */
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

  /** The uploads. With a prefix alone the sidecars come too, and the function passes over them: patterns have no «and». */
  get uploads(): KeyMatcher[] {
    if (this.#suffixes.length > 0) return this.#suffixes.map((suffix) => this.#endingIn(suffix));
    if (this.#prefix !== '') return [{ prefix: this.#prefix }];
    return [{ 'anything-but': { suffix: '.lading.json' } }]; // a sidecar holds options for an upload, it is none itself
  }

  /** The inspections: what the second function begins with. */
  get inspections(): KeyMatcher[] {
    return [this.#endingIn('/inspection.json')];
  }

  /** The keys with this ending as a policy writes them; `*` stands for anything, also for slashes. */
  pattern(ending = ''): string {
    return `${this.#prefix}*${ending}`;
  }

  #endingIn(suffix: string): KeyMatcher {
    return this.#prefix === '' ? { suffix } : { wildcard: this.#prefix + '*' + suffix };
  }
}
