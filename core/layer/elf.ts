import type { Platform } from '../model/platform.ts';

/**
 * The number of bytes at the start of an ELF file that are needed to find its platform: the fields `e_ident` to
 * `e_machine` of the header (System V gABI).
 */
export const ELF_HEAD = 20;

/**
 * The architectures of ELF files in Go's names; keys are the values of `e_machine` in the ELF header. If the name also
 * depends on the word size and the byte order, the value is a function that returns it.
 */
const ARCHITECTURES: Record<number, string | ((elf: { is64: boolean; little: boolean }) => string)> = {
  3: '386',
  8: ({ is64, little }) => `mips${is64 ? '64' : ''}${little ? 'le' : ''}`,
  21: ({ little }) => (little ? 'ppc64le' : 'ppc64'),
  22: 's390x',
  40: 'arm',
  62: 'amd64',
  183: 'arm64',
  243: 'riscv64',
  258: 'loong64',
};

/**
 * The platform (Linux and architecture) of an ELF program or shared library. `head` has the first bytes of the file, at
 * least `ELF_HEAD`. Null for other files, for unknown architectures, and when `head` is too short.
 */
export function elfPlatform(head: Uint8Array): Platform | null {
  if (head.length < ELF_HEAD || head[0] !== 0x7f || head[1] !== 0x45 || head[2] !== 0x4c || head[3] !== 0x46)
    return null;
  const little = head[5] === 1;
  const half = (at: number): number => (head[little ? at + 1 : at] ?? 0) * 256 + (head[little ? at : at + 1] ?? 0);
  const type = half(16);
  if (type !== 2 && type !== 3) return null; // object files and core dumps do not run
  const architecture = ARCHITECTURES[half(18)];
  if (architecture === undefined) return null;
  const name = typeof architecture === 'string' ? architecture : architecture({ is64: head[4] === 2, little });
  return { os: 'linux', architecture: name };
}
