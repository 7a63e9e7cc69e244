import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';
import { ProgramObserver } from './programs.ts';

/** Facts from the files of a layer, or of an archive inside an archive, about the system that it is for. */
export interface LayerFacts {
  /** The architectures of its executables and shared objects, in Go's names. */
  architectures: ReadonlySet<string>;
  /** True for a layer of a Windows image: it has `Files/` and `Hives/`. */
  windows: boolean;
  /** True when a document of an image archive, such as `manifest.json`, is at the top level. */
  imageDocuments: boolean;
  /** True when at least one file has an execute permission bit. */
  executable: boolean;
  /** The path of the first program, when no file has an execute permission bit; else null. */
  program: string | null;
}

/** The facts of a layer that was not read. */
export const NO_FACTS: LayerFacts = {
  architectures: new Set(),
  windows: false,
  imageDocuments: false,
  executable: false,
  program: null,
};

const IMAGE_DOCUMENTS = new Set(['manifest.json', 'index.json', 'repositories', './manifest.json', './index.json']);

/** The length of the longest name in `IMAGE_DOCUMENTS`. */
const LONGEST_DOCUMENT = 15;

/** First letters of the folders `Files` and `Hives`. Few other names begin so: one comparison rules most out. */
const F = 0x46;
const H = 0x48;

/** Gathers the facts of a layer while its members are read. */
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

  /** Notes a member. Returns the number of bytes at the start of its body that `body` needs. */
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

  /** Takes the first bytes of a member's body, as many as `member` asked for. */
  body({ name }: Member, bytes: Uint8Array): void {
    const platform = elfPlatform(bytes);
    if (platform === null) return;
    this.#architectures.add(platform.architecture);
    this.#programs.body(name, bytes);
  }
}
