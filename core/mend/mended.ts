import { copied } from '../model/byte-arrays.ts';
import type { MendRecipe } from '../model/mending.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { Joined } from '../rewrite/joined.ts';
import { MemberCutter, type Piece } from '../rewrite/member-cutter.ts';
import { Expander } from '../tar/expander.ts';
import type { Member } from '../tar/member.ts';
import { END_OF_ARCHIVE, padding } from '../tar/write.ts';
import { decideAlone, type Edit } from './decide.ts';
import { edited } from './edited.ts';

/**
 * Yields a mended layer: the bytes of `layer`, a tar archive, with the changes of a recipe. Members that need none keep
 * all their bytes. Whatever follows the last member is replaced by the two blocks of zeros that end an archive.
 */
export async function* mended(layer: Bytes, recipe: MendRecipe, tools: Pick<Tools, 'byteString'>): Bytes {
  const cutter = new MemberCutter(tools);
  const mending = new Mending(recipe);
  for await (const chunk of layer) {
    for (const piece of cutter.cut(chunk)) {
      mending.take(piece);
      yield* mending.drain();
    }
    mending.out.settle();
    yield* mending.drain();
  }
  mending.end(cutter.finish());
  yield* mending.drain();
}

/** The treatment of a member's body: its bytes are kept, left out, or expanded with zeros in the holes. */
type Body = 'keep' | 'drop' | { expander: Expander; stored: number };

const NOTHING = new Uint8Array();

/** The writer of a mended layer. It gets the pieces of the layer, and makes pieces of the mended one. */
class Mending {
  readonly out = new Joined();
  readonly #folder: string;
  readonly #dropped: ReadonlySet<number>;
  readonly #renamed: ReadonlyMap<number, string>;
  readonly #linked: ReadonlyMap<number, string>;
  readonly #moved: ReadonlySet<number>;
  /** The moved links by the number of the member after which they come. */
  readonly #following: ReadonlyMap<number, MendRecipe['moved']>;
  /** The headers of the moved links that were read, until they are written. */
  readonly #held = new Map<number, Uint8Array>();
  /** The number of the current member, from 0; -1 before the first one. */
  #member = -1;
  #body: Body = 'drop';

  constructor({ folder, dropped, renamed, linked, moved }: MendRecipe) {
    this.#folder = folder;
    let at = 0;
    this.#dropped = new Set(dropped.map((step) => (at += step)));
    this.#renamed = new Map(renamed);
    this.#linked = new Map(linked);
    this.#moved = new Set(moved.map(([member]) => member));
    this.#following = Map.groupBy(moved, ([, after]) => after);
  }

  take(piece: Piece): void {
    if (piece.kind === 'body') return this.#takeBody(piece.bytes);
    this.#endBody();
    this.#begin(piece.member, piece.bytes);
  }

  /** Ends the layer. `missing` is the number of padding bytes that its last member lacks. */
  end(missing: number): void {
    this.#takeBody(new Uint8Array(missing));
    this.#endBody();
    this.out.add(END_OF_ARCHIVE);
    this.out.settle();
    this.out.flush();
  }

  *drain(): Generator<Uint8Array> {
    if (this.out.ready.length === 0) return;
    yield* this.out.ready;
    this.out.ready = [];
  }

  #takeBody(bytes: Uint8Array): void {
    if (this.#body === 'keep') this.out.add(bytes);
    else if (this.#body !== 'drop') this.#expand(this.#body, bytes);
  }

  #expand(body: Exclude<Body, string>, bytes: Uint8Array): void {
    const stored = bytes.subarray(0, body.stored); // padding follows
    body.stored -= stored.length;
    for (const piece of body.expander.expand(stored)) this.out.add(piece);
  }

  /** Ends the current member: writes the last hole of a sparse file, and the links that come after the member. */
  #endBody(): void {
    if (typeof this.#body === 'object') {
      const { expander } = this.#body;
      this.#expand(this.#body, NOTHING);
      this.out.add(new Uint8Array(padding(expander.size)));
    }
    for (const [link] of this.#following.get(this.#member) ?? []) this.out.add(this.#held.get(link) ?? NOTHING);
  }

  /** Begins a member, and writes its header if it is not left out. That of a moved link is held back. */
  #begin(member: Member, header: Uint8Array): void {
    this.#member++;
    this.#body = 'drop';
    const edit = this.#dropped.has(this.#member) ? null : decideAlone(member, this.#folder).edit;
    if (edit === null) return;
    const written = edited(header, member, this.#withNewNames(edit));
    if (this.#moved.has(this.#member)) {
      this.#held.set(this.#member, copied(written));
      return;
    }
    const { sparse } = member;
    if (edit.expand === true && sparse !== null)
      this.#body = { expander: new Expander(sparse, member.size), stored: sparse.stored };
    else if (edit.type !== '5') this.#body = 'keep';
    this.out.add(written);
  }

  #withNewNames(edit: Edit): Edit {
    const name = this.#renamed.get(this.#member);
    const linkname = this.#linked.get(this.#member);
    if (name === undefined && linkname === undefined) return edit;
    return { ...edit, ...(name !== undefined && { name }), ...(linkname !== undefined && { linkname }) };
  }
}
