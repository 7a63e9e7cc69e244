import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';
import { ProgramObserver } from './programs.ts';

/** Facts about a layer, or about an archive inside an archive, that follow from the files in it. */
export interface LayerFacts {
  /**
   * The architectures of the ELF programs and shared libraries in the layer, in Go's names. Empty when there are none.
   */
  architectures: ReadonlySet<string>;
  /** True for a layer of a Windows image: it has `Files/` and `Hives/`. */
  windows: boolean;
  /** True when a layer has a document of an image archive, such as `manifest.json`, at its top level. */
  imageDocuments: boolean;
  /** True when at least one file in the layer has an execute permission bit. */
  executable: boolean;
  /**
   * The path of the layer's first program: an ELF file, or a file in `bin` or `sbin`. Null when a file has an execute
   * permission bit, when there is no program, and in a layer without directories.
   */
  program: string | null;
}

/** The facts of a layer that was not read: nothing is known of its files. */
export const NO_FACTS: LayerFacts = {
  architectures: new Set(),
  windows: false,
  imageDocuments: false,
  executable: false,
  program: null,
};

const IMAGE_DOCUMENTS = new Set(['manifest.json', 'index.json', 'repositories', './manifest.json', './index.json']);

/**
 * The number of characters in `./manifest.json`, the longest name of a document of an image archive. Longer names need
 * not be looked up.
 */
const LONGEST_DOCUMENT = 15;

/** The character codes of `F` and `H`, for a fast check for the folders `Files` and `Hives` of a Windows layer. */
const F = 0x46;
const H = 0x48;

/** Gathers facts about a layer while its members are read, such as the architectures of its executables. */
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

  /**
   * Notes what the header of a tar member tells about the layer. Returns the number of bytes from the start of the
   * member's content that the method `body` needs; 0 for none.
   */
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

  /**
   * Notes the architecture if a tar member is an executable. `bytes` are the first bytes of its content, as many as the
   * method `member` asked for.
   */
  body({ name }: Member, bytes: Uint8Array): void {
    const platform = elfPlatform(bytes);
    if (platform === null) return;
    this.#architectures.add(platform.architecture);
    this.#programs.body(name, bytes);
  }
}
