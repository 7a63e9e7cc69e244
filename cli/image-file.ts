import type { PackedCopy } from '../core/compression/layer-packer.ts';
import type { LayerForm } from '../core/convert/layer-offset.ts';
import type { MadeCopy } from '../core/convert/sums-of.ts';
import type { LayerCopy } from '../core/inspect/read.ts';
import { partSize, type Plan, plan as planOf, type PlanPart } from '../core/model/plan.ts';
import type { Bytes } from '../core/model/ports.ts';
import { Draft } from '../node/files.ts';
import { asFile } from './exit.ts';
import type { Copy } from './input/spool.ts';

/**
 * A function that predicts the byte offset in the image archive at which a layer will begin. It is called with the
 * first bytes of the layer and the form in which the layer is written. It returns null when the offset cannot be
 * predicted.
 */
export type Foresee = (head: Uint8Array, form: LayerForm) => Promise<number | null>;

/**
 * An image archive that is written to a file. To save time, one layer may be written before the plan of the image
 * archive is known, at a predicted offset: a layer made from a root file system while the input is still being
 * inspected, or a merged layer while its checksums are computed. If the prediction was wrong, the whole image archive
 * is written again. The file gets its final name only in `commit`.
 */
export class ImageFile {
  readonly #path: string;
  #draft: Draft;
  readonly #foresee: Foresee;
  /**
   * The unfinished output file, if it also stores the bytes of an input pipe, so that they can be read again. Else
   * null.
   */
  #kept: Draft | null = null;
  /**
   * The layers that were copied to the output file before the plan of the image archive was known, by the form of the
   * layer: unchanged (`range`), decompressed (`recoded`), compressed (`packed`), or merged from several layers
   * (`merged`). `offset` is the byte offset in the image archive at which the layer was assumed to begin. If the offset
   * could not be predicted, it is null, and the layer was not copied. `size` is the number of bytes of the layer that
   * were read so far.
   */
  readonly #copied = new Map<LayerForm | 'merged', { offset: number | null; size: number }>();

  private constructor(path: string, draft: Draft, foresee: Foresee) {
    this.#path = path;
    this.#draft = draft;
    this.#foresee = foresee;
  }

  /**
   * Begins to write an image archive to a temporary file in the folder of `path`. `foresee` predicts at which offset of
   * the image archive its layer begins. Returns null when `path` is something other than a regular file, such as a
   * device. Throws a FileError when the temporary file cannot be made.
   */
  static async begin(path: string, foresee: Foresee): Promise<ImageFile | null> {
    const draft = await asFile(path, Draft.begin(path));
    return draft === null ? null : new ImageFile(path, draft, foresee);
  }

  /**
   * Prepares the unfinished image archive to store the bytes of an input pipe, which may become its layer. Then no
   * temporary copy of the pipe is needed. `head` is the first bytes of the pipe. Returns the `Copy` through which the
   * caller writes the bytes of the pipe and can read them again. Returns null when the layer's offset in the image
   * archive cannot be predicted.
   */
  async keep(head: Uint8Array): Promise<Copy | null> {
    const start = await this.#foresee(head, 'range');
    if (start === null) return null;
    const draft = (this.#kept = this.#draft);
    const write = async (chunk: Uint8Array, offset: number) => {
      await asFile(this.#path, draft.write(chunk, start + offset));
      this.#copied.set('range', { offset: start, size: offset + chunk.length });
    };
    return { fd: draft.fd, start, write, close: async () => undefined };
  }

  /**
   * Yields a layer's bytes unchanged, and also writes them to the image archive. `kind` is the form in which the image
   * archive will have the layer. When the input is a pipe, its bytes are already kept in the file of the image archive,
   * and this function writes nothing.
   */
  readonly copy: LayerCopy = (layer, kind) => (this.#kept === null ? this.#copying(layer, kind) : layer);

  /**
   * Called with the next compressed bytes (`piece`) of a layer that the conversion compresses. Writes these bytes to
   * the file of the image archive, unless the layer's offset in that file cannot be predicted. `content` is the chunk
   * of the layer that was read last; the first one is used for the prediction.
   */
  readonly copyPacked: PackedCopy = (piece, content) => this.#take(piece, 'packed', content);

  /**
   * Returns a callback for the bytes of a layer that is merged from several layers. The callback writes these bytes to
   * the file of the image archive, beginning at `offset`. Returns null instead when this file also stores the bytes of
   * an input pipe. The layer could overwrite these bytes, which must still be read.
   */
  readonly copyMerged = (offset: number): MadeCopy | null => {
    if (this.#kept !== null) return null;
    // What was written before may be overwritten.
    this.#copied.clear();
    this.#copied.set('merged', { offset, size: 0 });
    return (chunk) => this.#append(chunk, 'merged');
  };

  async *#copying(layer: Bytes, form: LayerForm): Bytes {
    for await (const chunk of layer) {
      await this.#take(chunk, form, chunk);
      yield chunk;
    }
  }

  async #take(chunk: Uint8Array, form: LayerForm, head: Uint8Array): Promise<void> {
    if (!this.#copied.has(form)) this.#copied.set(form, { offset: await this.#foresee(head, form), size: 0 });
    await this.#append(chunk, form);
  }

  async #append(chunk: Uint8Array, form: LayerForm | 'merged'): Promise<void> {
    const { offset = null, size = 0 } = this.#copied.get(form) ?? {};
    if (offset !== null) await asFile(this.#path, this.#draft.write(chunk, offset + size));
    this.#copied.set(form, { offset, size: size + chunk.length });
  }

  /**
   * Returns the parts of the planned image archive that the file does not have yet. If a layer was written to the file
   * early and is at the right offset, these are all parts except that layer. Otherwise these are all parts.
   */
  missing(plan: Plan): Plan {
    const held = this.#heldIn(plan);
    return held === null ? plan : planOf(plan.parts.toSpliced(held.at, 1));
  }

  /**
   * Writes the parts of the planned image archive that the file does not have yet. `bytesOf` is called with a list of
   * parts (a `Plan`), and returns the bytes of these parts.
   */
  async write(plan: Plan, bytesOf: (plan: Plan) => Bytes): Promise<void> {
    const held = this.#heldIn(plan);
    if (held === null) {
      // The draft keeps the pipe, which must still be read, so the plan goes to a second draft.
      if (this.#kept !== null) this.#draft = await asFile(this.#path, this.#kept.again());
      return await this.#fill(0, bytesOf(plan));
    }
    await this.#fill(0, bytesOf(planOf(plan.parts.slice(0, held.at))));
    await this.#fill(held.end, bytesOf(planOf(plan.parts.slice(held.at + 1))));
  }

  /**
   * Finds the layer that was written to the file while the input was read, at the offset that the layer has in the image
   * archive. Returns its index among the parts of the image archive (`at`), and the offset at which it ends (`end`).
   * Returns null when the file has no such layer.
   */
  #heldIn({ parts }: Plan): { at: number; end: number } | null {
    let offset = 0;
    for (const [at, part] of parts.entries()) {
      const end = offset + partSize(part);
      if (this.#holds(part, offset)) return { at, end };
      offset = end;
    }
    return null;
  }

  /**
   * Renames the temporary file with the image archive to its final name. The image archive has `size` bytes; if the
   * file has more, it is cut.
   */
  async commit(size: number): Promise<void> {
    await asFile(this.#path, this.#draft.commit(size, false));
  }

  async discard(): Promise<void> {
    await this.#draft.discard();
    await this.#kept?.discard();
  }

  #holds(part: PlanPart, offset: number): boolean {
    if (part.kind === 'bytes') return false;
    if (part.kind !== 'rewritten' && part.start > 0) return false;
    if (part.kind === 'recoded' && part.mend !== undefined) return false;
    // Then the bytes that were copied are those of the tar archive around the one that became the layer.
    if (part.kind === 'recoded' && part.outer.includes(' in tar')) return false;
    if (part.kind === 'rewritten') return this.#hasCopied('merged', offset, part.size);
    if (part.kind === 'recoded' && part.pack !== undefined) return this.#hasCopied('packed', offset, part.size);
    return this.#hasCopied(part.kind, offset, part.end);
  }

  #hasCopied(form: LayerForm | 'merged', offset: number, size: number): boolean {
    const copied = this.#copied.get(form);
    return copied?.offset === offset && copied.size === size;
  }

  async #fill(offset: number, bytes: Bytes): Promise<void> {
    let at = offset;
    for await (const chunk of bytes) {
      await asFile(this.#path, this.#draft.write(chunk, at));
      at += chunk.length;
    }
  }
}
