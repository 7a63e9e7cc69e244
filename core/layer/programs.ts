import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';

const EXECUTE = 0o111;
const IN_BIN = /(?:^|\/)s?bin\/[^/]+$/;

/**
 * Finds out if a layer has programs but no file with an execute permission bit. Then the bits were probably lost, for
 * example because the archive was packed on Windows.
 */
export class ProgramObserver {
  /** True once a file of the layer has an execute permission bit. */
  executable = false;
  /**
   * The path of the first program in the layer: an ELF file, or a file in a folder `bin` or `sbin`. Null when there is
   * none. Files after the first one with an execute permission bit are not looked at.
   */
  program: string | null = null;

  #folders = false;

  /**
   * Notes the type and the permissions of the next tar member. `path` is its cleaned name. A file in a folder named
   * `bin` or `sbin` counts as a program.
   */
  member({ type, mode }: Member, path: string): void {
    if (this.executable) return;
    if (type === '5') this.#folders = true;
    if (type !== '0') return;
    this.executable = (mode & EXECUTE) !== 0;
    if (this.program === null && IN_BIN.test(path)) this.program = path;
  }

  /**
   * Notes the first bytes of a file, `head`. The file counts as a program if it is an ELF executable or shared library.
   */
  body(path: string, head: Uint8Array): void {
    if (this.executable || this.program !== null || head.length < ELF_HEAD) return;
    if (elfPlatform(head) !== null) this.program = path;
  }

  /**
   * The path of a layer's first program (`bin/app`), if no file of the layer has an execute permission bit. Null if one
   * has, if there is no program, and in a layer without directories, because a later layer may set the bits.
   */
  get unusable(): string | null {
    // A layer without directories is ignored, because a later layer may set the bits.
    return this.executable || !this.#folders ? null : this.program;
  }
}
