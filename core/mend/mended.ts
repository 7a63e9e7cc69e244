import { concat, copied } from '../model/byte-arrays.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { Expander } from '../tar/expander.ts';
import type { Member } from '../tar/member.ts';
import { TarScanner } from '../tar/tar.ts';
import { END_OF_ARCHIVE, padding } from '../tar/write.ts';
import { decideAlone, type Edit } from './decide.ts';
import { editedHeaders } from './edit-header.ts';
import type { MendRecipe } from '../model/mending.ts';

/**
 * Yields a mended layer: the bytes of `layer`, a tar archive, with the changes of a recipe. Members that need none keep
 * all their bytes. Whatever follows the last member is replaced by the two blocks of zeros that end an archive.
 */
export async function* mended(layer: Bytes, recipe: MendRecipe, tools: Pick<Tools, 'byteString'> = {}): Bytes {
  const found: Member[] = [];
  const scanner = new TarScanner({ member: (member) => (found.push(member), 0), body() {} }, tools.byteString);
  const mending = new Mending(recipe);
  for await (const chunk of layer) {
    scanner.push(chunk);
    for (const piece of mending.take(chunk, found.splice(0))) yield piece;
    if (scanner.ended) break;
  }
  if (!scanner.ended) scanner.finish();
  for (const piece of mending.finish()) yield piece;
}

/** What is done with the body of a member: its bytes are kept, left out, or expanded with zeros in the holes. */
type Body = 'keep' | 'drop' | Expander;

const NOTHING = new Uint8Array();

/** The rewriting of a layer, chunk by chunk. */
class Mending {
  readonly #folder: string;
  readonly #dropped: ReadonlySet<number>;
  readonly #renamed: ReadonlyMap<number, string>;
  readonly #linked: ReadonlyMap<number, string>;
  readonly #moved: ReadonlySet<number>;
  /** The moved links by the number of the member after which they come. */
  readonly #following: ReadonlyMap<number, MendRecipe['moved']>;
  /** The headers of the moved links that were read, until they are written. */
  readonly #held = new Map<number, Uint8Array>();
  /** The bytes that were read and are not used yet, because the headers that they belong to are not complete. */
  #rest: Uint8Array = NOTHING;
  /** The offset in the layer of the first byte in `#rest`. */
  #offset = 0;
  /** The number of the current member, from 0; -1 before the first one. */
  #member = -1;
  /** The offset in the layer at which the stored body of the current member ends, without the padding. */
  #bodyEnd = 0;
  #body: Body = 'keep';
  /** The bytes that are to be written next. */
  #pieces: Uint8Array[] = [];

  constructor({ folder, dropped, renamed, linked, moved }: MendRecipe) {
    this.#folder = folder;
    let at = 0;
    this.#dropped = new Set(dropped.map((step) => (at += step)));
    this.#renamed = new Map(renamed);
    this.#linked = new Map(linked);
    this.#moved = new Set(moved.map(([member]) => member));
    this.#following = Map.groupBy(moved, ([, after]) => after);
  }

  /** Takes the next bytes of the layer, and the members whose headers end in them. Returns what is written now. */
  take(chunk: Uint8Array, members: readonly Member[]): Uint8Array[] {
    this.#pieces = [];
    this.#rest = this.#rest.length === 0 ? chunk : concat([this.#rest, chunk]);
    for (const member of members) {
      this.#endBody();
      this.#write(this.#next(member.offset)); // a global PAX header, which belongs to no member
      this.#begin(member, this.#next(member.start));
    }
    this.#passBody();
    this.#rest = copied(this.#rest);
    return this.#pieces;
  }

  finish(): Uint8Array[] {
    this.#pieces = [];
    this.#endBody();
    return [...this.#pieces, END_OF_ARCHIVE];
  }

  /** Ends the current member: writes the rest of its body, its padding, and the links that come after it. */
  #endBody(): void {
    this.#passBody();
    const padded = this.#next(this.#bodyEnd + padding(this.#bodyEnd));
    if (this.#body === 'keep') {
      this.#write(padded);
      this.#write(new Uint8Array(padding(this.#bodyEnd) - padded.length)); // the last member may lack its padding
    } else if (this.#body !== 'drop') {
      for (const piece of this.#body.expand(NOTHING)) this.#write(piece);
      this.#write(new Uint8Array(padding(this.#body.size)));
    }
    for (const [link] of this.#following.get(this.#member) ?? []) this.#write(this.#held.get(link) ?? NOTHING);
  }

  /** Begins a member, and writes its headers if it is not left out. Those of a moved link are held back. */
  #begin(member: Member, headers: Uint8Array): void {
    this.#member++;
    this.#bodyEnd = member.start + (member.sparse?.stored ?? member.size);
    this.#body = 'drop';
    const edit = this.#dropped.has(this.#member) ? null : decideAlone(member, this.#folder).edit;
    if (edit === null) return;
    const written = editedHeaders(headers, member, this.#withNewNames(edit));
    if (this.#moved.has(this.#member)) {
      this.#held.set(this.#member, copied(written));
      return;
    }
    if (edit.expand === true && member.sparse !== null) this.#body = new Expander(member.sparse, member.size);
    else if (edit.type !== '5') this.#body = 'keep';
    this.#write(written);
  }

  #withNewNames(edit: Edit): Edit {
    const name = this.#renamed.get(this.#member);
    const linkname = this.#linked.get(this.#member);
    if (name === undefined && linkname === undefined) return edit;
    return { ...edit, ...(name !== undefined && { name }), ...(linkname !== undefined && { linkname }) };
  }

  #passBody(): void {
    const stored = this.#next(this.#bodyEnd);
    if (this.#body === 'keep') this.#write(stored);
    else if (this.#body !== 'drop') for (const piece of this.#body.expand(stored)) this.#write(piece);
  }

  /** Writes bytes. Those that follow each other in memory become one piece, because each piece costs time. */
  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const last = this.#pieces.at(-1);
    const goesOn = last?.buffer === bytes.buffer && last.byteOffset + last.length === bytes.byteOffset;
    if (last === undefined || !goesOn) this.#pieces.push(bytes);
    else
      this.#pieces[this.#pieces.length - 1] = new Uint8Array(bytes.buffer, last.byteOffset, last.length + bytes.length);
  }

  /** Takes the bytes of the layer up to the offset `end`, or as many of them as were read. */
  #next(end: number): Uint8Array {
    const taken = this.#rest.subarray(0, Math.max(0, end - this.#offset));
    this.#rest = this.#rest.subarray(taken.length);
    this.#offset += taken.length;
    return taken;
  }
}
