import type { LayerCopy } from '../lambda/core/archive/read.ts';
import { partSize, plan as planOf } from '../lambda/core/image/plan.ts';
import type { Plan, PlanPart } from '../lambda/core/image/plan.ts';
import type { Bytes } from '../lambda/core/ports.ts';
import { Draft } from '../local/files.ts';
import { asFile } from './exit.ts';
import type { Copy } from './spool.ts';

/** Tells from the first bytes of a layer where it will stand, null when that cannot be told. */
export type Foresee = (head: Uint8Array, kind: 'range' | 'recoded') => Promise<number | null>;

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
  /** What was copied so far, and where to. */
  #copied: { kind: PlanPart['kind']; offset: number; size: number } | null = null;

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
      this.#copied = { kind: 'range', offset: start, size: offset + chunk.length };
    };
    return { fd: draft.fd, start, write, close: async () => undefined };
  }

  /** Passes a layer on, and writes it while the reader works on the same bytes. */
  readonly copy: LayerCopy = (layer, kind) => (this.#kept === null ? this.#copying(layer, kind) : layer);

  async *#copying(layer: Bytes, kind: 'range' | 'recoded'): Bytes {
    let offset: number | null = null;
    let size = 0;
    for await (const chunk of layer) {
      if (size === 0) offset = await this.#foresee(chunk, kind);
      const written = offset === null ? null : this.#draft.write(chunk, offset + size);
      written?.catch(() => undefined);
      yield chunk;
      size += chunk.length;
      if (offset === null || written === null) continue;
      await asFile(this.#path, written);
      this.#copied = { kind, offset, size };
    }
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
    const copied = this.#copied;
    if (copied === null || part.kind === 'bytes') return false;
    const { kind, start, end } = part;
    if (part.kind === 'recoded' && part.gzip === true) return false;
    return copied.kind === kind && copied.offset === offset && start === 0 && end === copied.size;
  }

  async #fill(offset: number, bytes: Bytes): Promise<void> {
    let at = offset;
    for await (const chunk of bytes) {
      await asFile(this.#path, this.#draft.write(chunk, at));
      at += chunk.length;
    }
  }
}
