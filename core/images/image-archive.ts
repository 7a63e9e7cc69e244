import type { Finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageBudget } from './image-budget.ts';
import { type Unpacking, UnpackTries } from './layers-together.ts';
import { KEPT, LEFT_OUT, typeFindings } from './type-faults.ts';

/** The findings made so far. Images share layers and documents, and a fault in a shared one is reported once. */
export class Said {
  readonly #budget: ImageBudget;
  readonly #said = new Map<string, readonly Finding[]>();

  constructor(budget: ImageBudget) {
    this.#budget = budget;
  }

  /** The findings for a key, made at its first use. Throws `bad-archive` (limit-exceeded) for too many findings. */
  once(key: string, say: () => readonly Finding[]): readonly Finding[] {
    const before = this.#said.get(key);
    if (before !== undefined) return before;
    const findings = say();
    this.#budget.add('imageFindings', findings.length);
    this.#said.set(key, findings);
    return findings;
  }
}

/** The documents and blobs that images are verified against, with the results that images share. */
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

  /** The findings about mistyped values in a config, which a conversion keeps and mends only if `isOwn` is true. */
  typeFindings(path: string, isOwn: boolean): readonly Finding[] {
    return this.said.once(`types ${isOwn} ${path}`, () => {
      const typed = this.documents.typed(path, CONFIG);
      return typed === null ? [] : typeFindings(path, typed, isOwn ? KEPT : LEFT_OUT);
    });
  }

  /** The result of unpacking some layers on top of each other. Throws `bad-archive` (limit-exceeded). */
  unpacked(layers: readonly ArchiveBlob[]): Unpacking {
    const unpacking = this.#tries.of(layers);
    this.said.once(`unpacking ${layers.map(({ start }) => start).join()}`, () => unpacking.findings);
    return unpacking;
  }
}
