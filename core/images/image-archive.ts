import type { Finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageBudget } from './image-budget.ts';
import { type Unpacking, UnpackTries } from './layers-together.ts';
import { KEPT, LEFT_OUT, typeFindings } from './type-faults.ts';

/** Remembers the findings that were made, so that a fault in a layer or document that images share is reported once. */
export class Memo {
  readonly #budget: ImageBudget;
  readonly #said = new Map<string, readonly Finding[]>();

  constructor(budget: ImageBudget) {
    this.#budget = budget;
  }

  /**
   * The findings with this key, for a fault that several images may share. The first call for a key makes them with
   * `say`. Throws `bad-archive` (limit-exceeded).
   */
  once(key: string, say: () => readonly Finding[]): readonly Finding[] {
    const before = this.#said.get(key);
    if (before !== undefined) return before;
    const findings = say();
    this.#budget.add('imageFindings', findings.length);
    this.#said.set(key, findings);
    return findings;
  }
}

/** The documents and blobs of an image archive. Results about them are kept, because images share them. */
export class ImageArchive {
  readonly documents: DocumentObserver;
  readonly blobs: ReadonlyMap<string, ArchiveBlob>;
  readonly said: Memo;
  readonly #tries = new UnpackTries();

  constructor(documents: DocumentObserver, blobs: ReadonlyMap<string, ArchiveBlob>) {
    this.documents = documents;
    this.blobs = blobs;
    this.said = new Memo(documents.budget);
  }

  /**
   * The findings about values of wrong types in a config. `isOwn` is true if a conversion keeps and mends the config.
   */
  typeFindings(path: string, isOwn: boolean): readonly Finding[] {
    return this.said.once(`types ${isOwn} ${path}`, () => {
      const typed = this.documents.typed(path, CONFIG);
      return typed === null ? [] : typeFindings(path, typed, isOwn ? KEPT : LEFT_OUT);
    });
  }

  /** Tries to unpack layers on top of each other, and returns the result. Throws `bad-archive` (limit-exceeded). */
  unpacked(layers: readonly ArchiveBlob[]): Unpacking {
    const unpacking = this.#tries.of(layers);
    this.said.once(`unpacking ${layers.map(({ start }) => start).join()}`, () => unpacking.findings);
    return unpacking;
  }
}
