import { ExpandedUpload } from '../files/expanded-upload.ts';
import { inReadingOrder } from '../files/files.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { type LayerPlace, type Recipe, sizeOfLayers } from '../model/recipe.ts';
import { changedHeader } from '../tar/make-header.ts';
import { END_OF_ARCHIVE } from '../tar/write.ts';
import type { Decisions } from './decisions.ts';
import { Joined } from './joined.ts';
import { MemberCutter, type Piece } from './member-cutter.ts';
import { type OnProgress, decisionsFor } from './first-reading.ts';

/** The decisions that were kept for recipes. They are forgotten together with the recipe. */
const DECIDED = new WeakMap<Recipe, Decisions>();

/**
 * Yields the tar archive that a recipe makes. Reads the layers twice: once to decide, and once to write. `onProgress`
 * gets the number of bytes of both readings. With `keeps`, the decisions stay in memory, so that the same recipe is
 * followed again with one reading. A recipe is for one upload: the same object is always given the same `source`.
 */
export async function* rewritten(
  recipe: Recipe,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
  keeps = false,
): Bytes {
  const decisions = DECIDED.get(recipe) ?? (await decisionsFor(recipe, source, tools, onProgress));
  if (keeps) DECIDED.set(recipe, decisions);
  const layers = inReadingOrder(recipe.layers);
  const before = sizeOfLayers(layers);
  yield* written(layers, decisions, source, tools, (read) => onProgress(before + read));
}

/** Yields the tar archive that `decisions` makes of some layers. They are read in the given order. */
export async function* written(
  layers: readonly LayerPlace[],
  decisions: Decisions,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
): Bytes {
  let read = 0;
  const upload = new ExpandedUpload(source, tools);
  const writer = new Writer(decisions);
  const joined = new Joined();
  try {
    for (const layer of layers) {
      const cutter = new MemberCutter(tools);
      for await (const chunk of upload.layer(layer)) {
        yield* joined.join(writer.take(cutter.cut(chunk)));
        onProgress((read += chunk.length));
      }
      yield* joined.join(writer.take([{ kind: 'body', bytes: new Uint8Array(cutter.finish()) }]));
    }
    yield* joined.join(writer.end());
    yield* joined.finish();
  } finally {
    await upload.close();
  }
}

/** Makes the pieces of a rewritten archive from those of its layers, by the decisions about the members. */
class Writer {
  readonly #decisions: Decisions;
  #number = 0;
  /** True while the body that is read belongs to a member that is written. */
  #isOpen = false;

  constructor(decisions: Decisions) {
    this.#decisions = decisions;
  }

  *take(pieces: Iterable<Piece>): Generator<Uint8Array> {
    for (const piece of pieces) {
      if (piece.kind === 'header') yield* this.#header(piece);
      else if (this.#isOpen) yield piece.bytes;
    }
  }

  *end(): Generator<Uint8Array> {
    yield* this.#decisions.insertedBefore(this.#number);
    yield END_OF_ARCHIVE;
  }

  *#header({ member, bytes }: Piece & { kind: 'header' }): Generator<Uint8Array> {
    yield* this.#decisions.insertedBefore(this.#number);
    const change = this.#decisions.changeOf(this.#number);
    this.#isOpen = change !== undefined || this.#decisions.isKept(this.#number);
    if (change !== undefined) yield changedHeader(bytes, member, change);
    else if (this.#isOpen) yield bytes;
    this.#number++;
  }
}
