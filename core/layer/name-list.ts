import { enlarged } from '../model/byte-arrays.ts';
import { byteString } from '../model/byte-string.ts';

/**
 * A list of member names, in order, that takes little memory. Names in one directory mostly follow each other, and then
 * the directory is stored once. So a name takes about as many bytes as its last path component has. In an array of
 * strings, a name takes some 60 bytes, which the garbage collector also has to copy.
 */
export class NameList {
  /**
   * The bytes of all names, with a NUL behind each. A name in the same directory as the name before it is stored
   * without that directory. Any other name is stored in full, with one more NUL before it.
   */
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;
  #directory = '';
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds a name, a string with one character for each byte. It must not contain NUL, which separates names here. */
  push(name: string): void {
    const above = name.lastIndexOf('/') + 1;
    const isSibling = above === this.#directory.length && name.length > above && name.startsWith(this.#directory);
    if (!isSibling) this.#directory = name.slice(0, above);
    const from = isSibling ? above : 0;
    this.#reserve(name.length + 2);
    const bytes = this.#bytes;
    let at = this.#used;
    if (!isSibling) bytes[at++] = 0;
    for (let i = from; i < name.length; i++) bytes[at++] = name.charCodeAt(i);
    bytes[at++] = 0;
    this.#used = at;
    this.#length++;
  }

  /** Removes all names, and frees their memory. */
  clear(): void {
    this.#bytes = new Uint8Array(FIRST_BYTES);
    this.#used = 0;
    this.#directory = '';
    this.#length = 0;
  }

  *[Symbol.iterator](): Generator<string> {
    let directory = '';
    for (let at = 0; at < this.#used;) {
      const isWhole = this.#bytes[at] === 0;
      const start = isWhole ? at + 1 : at;
      const end = this.#bytes.indexOf(0, start);
      const text = byteString(this.#bytes, start, end);
      if (isWhole) directory = text.slice(0, text.lastIndexOf('/') + 1);
      yield isWhole ? text : directory + text;
      at = end + 1;
    }
  }

  #reserve(more: number): void {
    if (this.#used + more <= this.#bytes.length) return;
    this.#bytes = enlarged(this.#bytes, Math.max(2 * this.#bytes.length, this.#used + more));
  }
}

/**
 * The initial size of a list of names in bytes. The memory doubles whenever it is full. V8 keeps an array of up to 64
 * bytes in its own heap, where it costs less.
 */
const FIRST_BYTES = 64;
