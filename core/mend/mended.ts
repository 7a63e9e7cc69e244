import { copied } from '../model/byte-arrays.ts';
import type { MendRecipe } from '../model/mending.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { Joined } from '../rewrite/joined.ts';
import { MemberCutter, type Piece } from '../rewrite/member-cutter.ts';
import { Expander } from '../tar/expander.ts';
import { padding } from '../tar/header.ts';
import type { Member } from '../tar/member.ts';
import { END_OF_ARCHIVE } from '../tar/write.ts';
import { decideAlone, type Edit } from './decide.ts';
import { edited } from './edited.ts';

/**
 * Yields a layer, a tar archive, with changes so that container engines accept it. `recipe`, made in an earlier reading
 * of the layer, says which members are changed because of other members. Changes that depend on one member alone are
 * decided in this function. Unchanged members keep all their bytes. Whatever follows the last member is replaced by the
 * two blocks of zeros that end an archive.
 */
export async function* mended(layer: Bytes, recipe: MendRecipe, tools: Pick<Tools, 'byteString'>): Bytes {
  const cutter = new MemberCutter(tools);
  const mending = new Mending(recipe);
  const joined = new Joined();
  for await (const chunk of layer) yield* joined.join(mending.take(cutter.cut(chunk)));
  yield* joined.join(mending.end(cutter.finish()));
  yield* joined.finish();
}

/**
 * The treatment of a tar member's body: its bytes are kept, left out, or expanded with zeros in the holes of a sparse
 * file.
 */
type Body = 'keep' | 'drop' | Expanding;

/**
 * A sparse file that is written in full, with zeros in its holes. `stored` is the number of its stored bytes that are
 * still to come.
 */
interface Expanding {
  expander: Expander;
  stored: number;
}

const NOTHING = new Uint8Array();

/**
 * Writes a layer with changes so that container engines accept it. It gets the headers and bodies of the layer's tar
 * members in order, and yields the bytes of the changed layer.
 */
class Mending {
  readonly #folder: string;
  readonly #dropped: ReadonlySet<number>;
  readonly #renamed: ReadonlyMap<number, string>;
  readonly #linked: ReadonlyMap<number, string>;
  readonly #moved: ReadonlySet<number>;
  /** The hard links that are written right after another member. The key is the number of that member, from 0. */
  readonly #following: ReadonlyMap<number, MendRecipe['moved']>;
  /**
   * The header blocks of the hard links that move to a later place in the archive, kept until then. The key is the
   * number of the link among the tar members.
   */
  readonly #held = new Map<number, Uint8Array>();
  /** The number of the current tar member, from 0; -1 before the first one. */
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

  *take(pieces: Iterable<Piece>): Generator<Uint8Array> {
    for (const piece of pieces) {
      if (piece.kind === 'header') {
        yield* this.#endBody();
        const header = this.#begin(piece.member, piece.bytes);
        if (header !== null) yield header;
      } else if (this.#body === 'keep') yield piece.bytes;
      else if (this.#body !== 'drop') yield* expand(this.#body, piece.bytes);
    }
  }

  /**
   * Yields the end of the changed layer, after its last member. `missing` is the number of padding bytes that the last
   * member lacks.
   */
  *end(missing: number): Generator<Uint8Array> {
    yield* this.take([{ kind: 'body', bytes: new Uint8Array(missing) }]);
    yield* this.#endBody();
    yield END_OF_ARCHIVE;
  }

  /**
   * Ends the current tar member. Yields the last hole of a sparse file, then the hard links that were moved behind this
   * member.
   */
  *#endBody(): Generator<Uint8Array> {
    if (typeof this.#body === 'object') {
      yield* expand(this.#body, NOTHING);
      yield new Uint8Array(padding(this.#body.expander.size));
    }
    for (const [link] of this.#following.get(this.#member) ?? []) yield this.#held.get(link) ?? NOTHING;
  }

  /**
   * Begins a tar member, and returns its header blocks with all changes. Null if the member is left out, or if it is a
   * hard link that is written later.
   */
  #begin(member: Member, header: Uint8Array): Uint8Array | null {
    this.#member++;
    this.#body = 'drop';
    const edit = this.#dropped.has(this.#member) ? null : decideAlone(member, this.#folder).edit;
    if (edit === null) return null;
    const written = edited(header, member, this.#withNewNames(edit));
    if (this.#moved.has(this.#member)) {
      this.#held.set(this.#member, copied(written));
      return null;
    }
    const { sparse } = member;
    if (edit.expand === true && sparse !== null)
      this.#body = { expander: new Expander(sparse, member.size), stored: sparse.stored };
    else if (edit.type !== '5') this.#body = 'keep';
    return written;
  }

  #withNewNames(edit: Edit): Edit {
    const name = this.#renamed.get(this.#member);
    const linkname = this.#linked.get(this.#member);
    if (name === undefined && linkname === undefined) return edit;
    return { ...edit, ...(name !== undefined && { name }), ...(linkname !== undefined && { linkname }) };
  }
}

function* expand(body: Expanding, bytes: Uint8Array): Generator<Uint8Array> {
  const stored = bytes.subarray(0, body.stored); // padding follows
  body.stored -= stored.length;
  yield* body.expander.expand(stored);
}
