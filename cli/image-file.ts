import type { PackedCopy } from '../core/compression/gzip-writer.ts';
import type { LayerForm } from '../core/convert/foresee.ts';
import type { LayerCopy } from '../core/inspect/read.ts';
import { partSize, type Plan, plan as planOf, type PlanPart } from '../core/model/plan.ts';
import type { Bytes } from '../core/model/ports.ts';
import { Draft } from '../node/files.ts';
import { asFile } from './exit.ts';
import type { Copy } from './input/spool.ts';

/** Tells from the first bytes of a layer where it will stand, null when that cannot be told. */
export type Foresee = (head: Uint8Array, form: LayerForm) => Promise<number | null>;

/**
 * An image archive that is written to a file. What will be its layer is written while it is read for the first time, to the
 * place that is foreseen for it; if the plan wants something else there, it is written again.
 */
export class ImageFile {
  readonly #path: string;
  #draft: Draft;
  readonly #foresee: Foresee;
  /** The draft that a pipe is kept in. */
  #kept: Draft | null = null;
  /** What was copied so far, and where to; nowhere if that was not to be foreseen. */
  readonly #copied = new Map<LayerForm, { offset: number | null; size: number }>();

  private constructor(path: string, draft: Draft, foresee: Foresee) {
    this.#path = path;
    this.#draft = draft;
    this.#foresee = foresee;
  }

  /** Null when the path leads to something that is no regular file. */
  static async begin(path: string, foresee: Foresee): Promise<ImageFile | null> {
    const draft = await asFile(path, Draft.begin(path));
    return draft === null ? null : new ImageFile(path, draft, foresee);
  }

  /** A place to keep a pipe that begins like this, where it may stay as the layer; null when that is not to be foreseen. */
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

  /** Passes a layer on, and writes it while the reader works on the same bytes. */
  readonly copy: LayerCopy = (layer, kind) => (this.#kept === null ? this.#copying(layer, kind) : layer);

  /** Writes a layer that is packed on request while it is packed. */
  readonly copyPacked: PackedCopy = (piece, content) => this.#take(piece, 'packed', content);

  async *#copying(layer: Bytes, form: LayerForm): Bytes {
    for await (const chunk of layer) {
      await this.#take(chunk, form, chunk);
      yield chunk;
    }
  }

  async #take(chunk: Uint8Array, form: LayerForm, head: Uint8Array): Promise<void> {
    const { offset, size } = this.#copied.get(form) ?? { offset: await this.#foresee(head, form), size: 0 };
    if (offset !== null) await asFile(this.#path, this.#draft.write(chunk, offset + size));
    this.#copied.set(form, { offset, size: size + chunk.length });
  }

  /** Writes all of the plan that is not there yet; returns whether the layer was. */
  async write({ parts }: Plan, bytesOf: (plan: Plan) => Bytes): Promise<boolean> {
    const at = parts.findIndex((part) => part.kind !== 'bytes');
    const layer = parts[at];
    const before = planOf(parts.slice(0, at));
    if (layer === undefined || !this.#holds(layer, before.size)) {
      // The pipe is read again from where it is kept.
      if (this.#kept !== null) this.#draft = await asFile(this.#path, this.#kept.again());
      await this.#fill(0, bytesOf(planOf(parts)));
      return false;
    }
    await this.#fill(0, bytesOf(before));
    await this.#fill(before.size + partSize(layer), bytesOf(planOf(parts.slice(at + 1))));
    return true;
  }

  /** Makes it appear. */
  async commit(size: number): Promise<void> {
    await asFile(this.#path, this.#draft.commit(size, false));
  }

  async discard(): Promise<void> {
    await this.#draft.discard();
    await this.#kept?.discard();
  }

  #holds(part: PlanPart, offset: number): boolean {
    if (part.kind === 'bytes' || part.start > 0) return false;
    const form = part.kind === 'recoded' && part.gzip === true ? 'packed' : part.kind;
    const copied = this.#copied.get(form);
    return copied?.offset === offset && copied.size === (form === 'packed' ? partSize(part) : part.end);
  }

  async #fill(offset: number, bytes: Bytes): Promise<void> {
    let at = offset;
    for await (const chunk of bytes) {
      await asFile(this.#path, this.#draft.write(chunk, at));
      at += chunk.length;
    }
  }
}
