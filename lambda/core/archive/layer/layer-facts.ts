import { ELF_HEAD, elfPlatform } from './elf.ts';
import type { Member } from '../tar/tar.ts';

/** What a layer, or an archive inside an archive, tells about what it is for. */
export interface LayerFacts {
  /** Architectures of its executables and shared objects, in Go's names. */
  architectures: ReadonlySet<string>;
  /** True for a layer of a Windows image: it has `Files/` and `Hives/`. */
  windows: boolean;
  /** True when it has a document of an image archive at its top. */
  imageDocuments: boolean;
}

const IMAGE_DOCUMENTS = new Set(['manifest.json', 'index.json', 'repositories', './manifest.json', './index.json']);

/** Gathers the facts while the members go by. */
export class LayerFactsObserver {
  readonly facts = { architectures: new Set<string>(), windows: false, imageDocuments: false };
  #files = false;
  #hives = false;

  member({ name, type, size }: Member): number {
    this.#files ||= name.startsWith('Files/') || name === 'Files';
    this.#hives ||= name.startsWith('Hives/') || name === 'Hives';
    this.facts.windows = this.#files && this.#hives;
    if (type !== '0') return 0;
    if (IMAGE_DOCUMENTS.has(name)) this.facts.imageDocuments = true;
    return size >= ELF_HEAD ? ELF_HEAD : 0;
  }

  body(bytes: Uint8Array): void {
    const platform = elfPlatform(bytes);
    if (platform !== null) this.facts.architectures.add(platform.architecture);
  }
}
