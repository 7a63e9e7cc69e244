import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';

const EXECUTE = 0o111;
const IN_BIN = /(?:^|\/)s?bin\/[^/]+$/;

/**
 * Watches for programs that nobody may execute: archives packed on Windows carry no x bits. A script in a `bin` folder without
 * them says nothing as long as any other file has one, and neither does a layer of single files: a later one may give them.
 */
export class ProgramObserver {
  /** True once a file has an x bit. */
  executable = false;
  /** The first program, as long as no file has an x bit. */
  program: string | null = null;

  #folders = false;

  member({ type, mode }: Member, path: string): void {
    if (this.executable) return;
    if (type === '5') this.#folders = true;
    if (type !== '0') return;
    this.executable = (mode & EXECUTE) !== 0;
    if (this.program === null && IN_BIN.test(path)) this.program = path;
  }

  /** The first bytes of a file. */
  body(path: string, head: Uint8Array): void {
    if (this.executable || this.program !== null || head.length < ELF_HEAD) return;
    if (elfPlatform(head) !== null) this.program = path;
  }

  /** A program, when there is one and nothing is executable. */
  get unusable(): string | null {
    return this.executable || !this.#folders ? null : this.program;
  }
}
