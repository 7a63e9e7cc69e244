import { type GoType, type TypeFault, typeFaults } from '../json/go-types.ts';
import { spelled, type SpelledText } from '../json/spelled.ts';
import { readTyped, type Typed } from '../json/typed.ts';
import { LIMITS } from '../limits.ts';

/**
 * A parsed JSON document of an image archive. It can be compared with Go types, because Docker and other clients decode
 * documents with Go's JSON decoder, which refuses values of a wrong type. The result for each Go type is computed once,
 * and then kept.
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
   * Compares the document with the Go type into which clients decode it. Returns the values that do not fit, and the
   * document with these values corrected as far as their meaning is clear. Null when the document does not begin with
   * JSON.
   */
  typed(type: GoType): Typed | null {
    return madeOnce(this.#typed, type, () => readTyped(this.#text, type, this.spelled));
  }

  /**
   * The values of the document that clients refuse when they decode it into the Go type `type`. Empty when all fit, or
   * when the document does not begin with JSON.
   */
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
 * cached documents together have at most `LIMITS.documentValues` values; the one that was not used for longest is
 * removed first.
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
