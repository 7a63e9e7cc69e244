import type { Finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageBudget } from './image-budget.ts';
import { type Unpacking, UnpackTries } from './layers-together.ts';
import { KEPT, LEFT_OUT, typeFindings } from './type-faults.ts';

/** Remembers findings under keys, so that a layer or a document that several images share is checked only once. */
export class Memo {
  readonly #budget: ImageBudget;
  readonly #said = new Map<string, readonly Finding[]>();

  constructor(budget: ImageBudget) {
    this.#budget = budget;
  }

  /**
   * Returns the findings that are remembered under `key`. The first call for a key calls `say` to make them. Throws a
   * LadingError (`bad-archive`) when there are more than `LIMITS.imageFindings` of them under all keys.
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

/**
 * The documents and blobs of an image archive. Results of checks are remembered, because several images can share a
 * document or a blob.
 */
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
   * The findings about values of wrong types in the JSON document at `path`: an image config, or the description of a
   * layer from before Docker 1.10. Empty when the document is missing. `isOwn` is true if a conversion makes the config
   * of the new image from this document; the findings then say how values are corrected.
   */
  typeFindings(path: string, isOwn: boolean): readonly Finding[] {
    return this.said.once(`types ${isOwn} ${path}`, () => {
      const typed = this.documents.typed(path, CONFIG);
      return typed === null ? [] : typeFindings(path, typed, isOwn ? KEPT : LEFT_OUT);
    });
  }

  /**
   * Simulates in memory how engines unpack the layers of an image, given from the lowest up, on top of each other.
   * Returns findings and fault codes for what fails; both lists are empty when nothing does. Throws a LadingError
   * (`bad-archive`) when there are too many findings.
   */
  unpacked(layers: readonly ArchiveBlob[]): Unpacking {
    const unpacking = this.#tries.of(layers);
    this.said.once(`unpacking ${layers.map(({ start }) => start).join()}`, () => unpacking.findings);
    return unpacking;
  }
}
