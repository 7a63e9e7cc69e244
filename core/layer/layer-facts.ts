import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';
import { ProgramObserver } from './programs.ts';

/** What a layer, or an archive inside an archive, tells about what it is for. */
export interface LayerFacts {
  /** Architectures of its executables and shared objects, in Go's names. */
  architectures: ReadonlySet<string>;
  /** True for a layer of a Windows image: it has `Files/` and `Hives/`. */
  windows: boolean;
  /** True when it has a document of an image archive at its top. */
  imageDocuments: boolean;
  /** True when some file may be executed. */
  executable: boolean;
  /** A program that may not be executed, as no file may; null when there is none. */
  program: string | null;
}

/** The facts of a layer that was not looked into. */
export const NO_FACTS: LayerFacts = {
  architectures: new Set(),
  windows: false,
  imageDocuments: false,
  executable: false,
  program: null,
};

const IMAGE_DOCUMENTS = new Set(['manifest.json', 'index.json', 'repositories', './manifest.json', './index.json']);

const LONGEST_DOCUMENT = 15;

/** The folders of Windows begin so; few other names do, so that most cost a look at one letter. */
const F = 0x46;
const H = 0x48;

/** Gathers the facts while the members go by. */
export class LayerFactsObserver {
  readonly #architectures = new Set<string>();
  readonly #programs = new ProgramObserver();
  #imageDocuments = false;
  #files = false;
  #hives = false;

  get facts(): LayerFacts {
    return {
      architectures: this.#architectures,
      windows: this.#files && this.#hives,
      imageDocuments: this.#imageDocuments,
      executable: this.#programs.executable,
      program: this.#programs.unusable,
    };
  }

  member(member: Member): number {
    const { name, type, size } = member;
    if (name.charCodeAt(0) === F || name.charCodeAt(0) === H) {
      this.#files ||= name.startsWith('Files/') || name === 'Files';
      this.#hives ||= name.startsWith('Hives/') || name === 'Hives';
    }
    this.#programs.member(member, name);
    if (type !== '0') return 0;
    if (name.length <= LONGEST_DOCUMENT && IMAGE_DOCUMENTS.has(name)) this.#imageDocuments = true;
    return size >= ELF_HEAD ? ELF_HEAD : 0;
  }

  body({ name }: Member, bytes: Uint8Array): void {
    const platform = elfPlatform(bytes);
    if (platform === null) return;
    this.#architectures.add(platform.architecture);
    this.#programs.body(name, bytes);
  }
}
