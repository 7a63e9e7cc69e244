import { Contents } from '../files/contents.ts';
import { inReadingOrder } from '../files/files.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace, Recipe } from '../model/recipe.ts';
import { changedHeader } from '../tar/make-header.ts';
import { END_OF_ARCHIVE } from '../tar/write.ts';
import type { Decisions } from './decisions.ts';
import { Joined } from './joined.ts';
import { MemberCutter, type Piece } from './member-cutter.ts';
import { type OnProgress, survey } from './survey.ts';

/**
 * The decisions about recipes that were followed before. When the same process follows a recipe again, it reads the
 * layers only once.
 */
const DECIDED = new WeakMap<Recipe, Decisions>();

/**
 * Yields the tar archive that a recipe makes. Reads the layers twice: once to decide, and once to write. `onProgress`
 * gets the number of bytes of both readings. A recipe is for one upload, so the same object is always given the same
 * `source`.
 */
export async function* rewritten(
  recipe: Recipe,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
): Bytes {
  const decisions = DECIDED.get(recipe) ?? (await survey(recipe, source, tools, onProgress));
  DECIDED.set(recipe, decisions);
  const layers = inReadingOrder(recipe.layers);
  const before = layers.reduce((sum, { size }) => sum + size, 0);
  yield* written(layers, decisions, source, tools, (read) => onProgress(before + read));
}

/** Yields the tar archive that decisions make of layers, which are read in the given order. */
export async function* written(
  layers: readonly LayerPlace[],
  decisions: Decisions,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
): Bytes {
  let read = 0;
  const contents = new Contents(source, tools);
  const writer = new Writer(decisions);
  try {
    for (const layer of layers) {
      const cutter = new MemberCutter(tools);
      for await (const chunk of contents.layer(layer)) {
        for (const piece of cutter.cut(chunk)) {
          writer.take(piece);
          if (writer.out.ready.length > 0) yield* writer.drain();
        }
        writer.out.settle();
        yield* writer.drain();
        onProgress((read += chunk.length));
      }
      writer.take({ kind: 'body', bytes: new Uint8Array(cutter.finish()) });
    }
    writer.end();
    yield* writer.drain();
  } finally {
    await contents.close();
  }
}

/** Turns the pieces of layers into those of the rewritten archive, by the decisions about the members. */
class Writer {
  readonly out = new Joined();
  readonly #decisions: Decisions;
  #number = 0;
  /** True while the body that is read belongs to a member that is written. */
  #isOpen = false;

  constructor(decisions: Decisions) {
    this.#decisions = decisions;
  }

  take(piece: Piece): void {
    if (piece.kind === 'header') this.#header(piece);
    else if (this.#isOpen) this.out.add(piece.bytes);
  }

  end(): void {
    this.#insert();
    this.out.add(END_OF_ARCHIVE);
    this.out.settle();
    this.out.flush();
  }

  *drain(): Generator<Uint8Array> {
    for (const bytes of this.out.ready) yield bytes;
    this.out.ready = [];
  }

  #header({ member, bytes }: Piece & { kind: 'header' }): void {
    this.#insert();
    const change = this.#decisions.changeOf(this.#number);
    this.#isOpen = change !== undefined || this.#decisions.isKept(this.#number);
    if (change !== undefined) this.out.add(changedHeader(bytes, member, change));
    else if (this.#isOpen) this.out.add(bytes);
    this.#number++;
  }

  #insert(): void {
    for (const header of this.#decisions.insertedBefore(this.#number)) this.out.add(header);
  }
}
