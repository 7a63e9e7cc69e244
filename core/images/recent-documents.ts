import { type GoType, type TypeFault, typeFaults } from '../json/go-types.ts';
import { spelled, type SpelledText } from '../json/spelled.ts';
import { readTyped, type Typed } from '../json/typed.ts';
import { LIMITS } from '../limits.ts';

/** A document that was read: its text without a byte order mark, and what it holds for each type. */
export class ReadDocument {
  readonly spelled: SpelledText | null;
  readonly #text: string;
  readonly #typed = new Map<GoType, Typed | null>();
  readonly #faults = new Map<GoType, TypeFault[]>();

  constructor(bytes: Uint8Array) {
    this.#text = new TextDecoder().decode(bytes);
    this.spelled = spelled(this.#text);
  }

  /** The document held against a type; null when it does not begin with JSON. */
  typed(type: GoType): Typed | null {
    return madeOnce(this.#typed, type, () => readTyped(this.#text, type, this.spelled));
  }

  /** What of it the readers of a type refuse. */
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
 * The documents that were read last. One is asked about several times, and others in between. All of them would take much
 * memory, so together they have no more values than one document may have.
 */
export class RecentDocuments {
  /** The one that was asked for last stands last. */
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
