import { ExpandedUpload } from '../files/expanded-upload.ts';
import { inReadingOrder } from '../files/files.ts';
import type { MergeBudget } from '../files/merge-budget.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { type LayerPlace, type Recipe, sizeOfLayers } from '../model/recipe.ts';
import { changedHeader } from '../tar/make-header.ts';
import { END_OF_ARCHIVE } from '../tar/write.ts';
import type { Decisions } from './decisions.ts';
import { Joined } from './joined.ts';
import { MemberCutter, type Piece } from './member-cutter.ts';
import { type OnProgress, decisionsFor } from './first-reading.ts';

/**
 * The decisions about which members are written into a new tar archive, for each recipe (the description of an archive
 * that is made from layers). The decisions are only stored when the caller says, with `keeps`, that the same archive
 * will be made again. They are freed together with the recipe object.
 */
const DECIDED = new WeakMap<Recipe, Decisions>();

/**
 * Yields the tar archive that a recipe describes, which is made from layers of an upload (`source`). Reads the layers
 * twice: once to decide which members are written, and once to write them. `onProgress` gets the number of bytes of
 * both readings. If `keeps` is true, the decisions stay in memory, so that a later call with the same recipe object and
 * `source` reads the layers only once. `budget` limits the work of deciding.
 */
export async function* rewritten(
  recipe: Recipe,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
  { keeps = false, budget }: { keeps?: boolean; budget?: MergeBudget } = {},
): Bytes {
  const decisions = DECIDED.get(recipe) ?? (await decisionsFor(recipe, source, tools, onProgress, budget));
  if (keeps) DECIDED.set(recipe, decisions);
  const layers = inReadingOrder(recipe.layers);
  const before = sizeOfLayers(layers);
  yield* written(layers, decisions, source, tools, (read) => onProgress(before + read));
}

/**
 * Yields one tar archive that is made from layers. `decisions` says which of their members are written, and how. The
 * layers are read once, in the given order. `onProgress` gets the number of bytes that were read so far.
 */
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

/**
 * Makes the bytes of a new tar archive from those of layers, which it gets piece by piece. The decisions say how each
 * tar member of the layers is written.
 */
class Writer {
  readonly #decisions: Decisions;
  #number = 0;
  /** True while the body that is read belongs to a member that is written into the new archive. */
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
