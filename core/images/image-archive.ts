import type { Finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageBudget } from './image-budget.ts';
import { type Unpacking, UnpackTries } from './layers-together.ts';
import { KEPT, LEFT_OUT, typeFindings } from './type-faults.ts';

/** What was said already: images share layers and documents, and a fault of what they share is found once. */
export class Said {
  readonly #budget: ImageBudget;
  readonly #said = new Map<string, readonly Finding[]>();

  constructor(budget: ImageBudget) {
    this.#budget = budget;
  }

  /** The findings about what the key stands for, made once. Throws `bad-archive` (limit-exceeded) when there are too many. */
  once(key: string, say: () => readonly Finding[]): readonly Finding[] {
    const before = this.#said.get(key);
    if (before !== undefined) return before;
    const findings = say();
    this.#budget.add('imageFindings', findings.length);
    this.#said.set(key, findings);
    return findings;
  }
}

/** What an archive has for its images to be verified by, and what was found out for the images before. */
export class ImageArchive {
  readonly documents: DocumentObserver;
  readonly blobs: ReadonlyMap<string, ArchiveBlob>;
  readonly said: Said;
  readonly #tries = new UnpackTries();

  constructor(documents: DocumentObserver, blobs: ReadonlyMap<string, ArchiveBlob>) {
    this.documents = documents;
    this.blobs = blobs;
    this.said = new Said(documents.budget);
  }

  /** What is to be said of the types in a config, which a conversion keeps if it is the image's own. */
  typeFindings(path: string, isOwn: boolean): readonly Finding[] {
    return this.said.once(`types ${isOwn} ${path}`, () => {
      const typed = this.documents.typed(path, CONFIG);
      return typed === null ? [] : typeFindings(path, typed, isOwn ? KEPT : LEFT_OUT);
    });
  }

  /** What comes of unpacking some layers one above the other. Throws `bad-archive` (limit-exceeded). */
  unpacked(layers: readonly ArchiveBlob[]): Unpacking {
    const unpacking = this.#tries.of(layers);
    this.said.once(`unpacking ${layers.map(({ start }) => start).join()}`, () => unpacking.findings);
    return unpacking;
  }
}
