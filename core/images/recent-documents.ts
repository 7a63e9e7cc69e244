import { type GoType, type TypeFault, typeFaults } from '../json/go-types.ts';
import { spelled, type SpelledText } from '../json/spelled.ts';
import { readTyped, type Typed } from '../json/typed.ts';
import { LIMITS } from '../limits.ts';

/**
 * A parsed JSON document of an image archive. It also checks the document against Go types, as Go's JSON decoder does,
 * because Docker and other clients use this decoder. The result for each Go type is computed once, and then kept.
 */
export class ReadDocument {
  readonly spelled: SpelledText | null;
  readonly #text: string;
  readonly #typed = new Map<GoType, Typed | null>();
  readonly #faults = new Map<GoType, TypeFault[]>();

  constructor(bytes: Uint8Array) {
    this.#text = new TextDecoder().decode(bytes);
    this.spelled = spelled(this.#text);
  }

  /**
   * Finds the values in the document that do not fit the Go type into which clients decode it. Null when the document
   * does not begin with JSON.
   */
  typed(type: GoType): Typed | null {
    return madeOnce(this.#typed, type, () => readTyped(this.#text, type, this.spelled));
  }

  /** The values of a JSON document that clients refuse when they decode it into the Go type `type`. */
  faults(type: GoType): TypeFault[] {
    const { spelled: read } = this;
    return madeOnce(this.#faults, type, () => (read === null ? [] : typeFaults(read.value, type, this.#text)));
  }
}

function madeOnce<V>(made: Map<GoType, V>, type: GoType, make: () => V): V {
  const known = made.get(type);
  if (known !== undefined) return known;
  const value = make();
  made.set(type, value);
  return value;
}

/**
 * A cache of the JSON documents that were read last, because a document is often needed again soon. To save memory, the
 * cached documents together have at most as many values as `LIMITS` allows for one document.
 */
export class RecentDocuments {
  /**
   * The cached documents, the least recently used first. The key is the byte array of the document, compared by
   * identity.
   */
  readonly #read = new Map<Uint8Array, { document: ReadDocument; values: number }>();
  #values = 0;

  of(bytes: Uint8Array, values: number): ReadDocument {
    const known = this.#read.get(bytes);
    const read = known ?? { document: new ReadDocument(bytes), values };
    if (known === undefined) this.#values += values;
    else this.#read.delete(bytes);
    this.#read.set(bytes, read);
    for (const [oldest, { values: fewer }] of this.#read) {
      if (this.#values <= LIMITS.documentValues || oldest === bytes) break;
      this.#read.delete(oldest);
      this.#values -= fewer;
    }
    return read.document;
  }
}
