import { byteString } from '../model/byte-string.ts';
import { printable } from '../model/bytes.ts';
import type { RootfsFacts } from '../model/inspection.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import type { Member } from '../tar/member.ts';
import { ELF_HEAD, elfPlatform } from './elf.ts';
import { ProgramObserver } from './programs.ts';

/**
 * The top-level directories of a Linux root file system, by the Filesystem Hierarchy Standard, and some more. An
 * archive with several of them is recognised as a root file system.
 */
export const HIERARCHY = new Set(
  'bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var'.split(' '),
);

/**
 * The files and directories that Docker puts into every container, started or not (moby, the init layer). Keys are
 * paths, values tar header types. They show that an archive comes from `docker export`.
 */
const INIT_LAYER = new Map(
  Object.entries({
    '.dockerenv': '0',
    'dev/console': '0', // as a regular file, which no other tool leaves behind
    'dev/pts': '5',
    'dev/shm': '5',
    'etc/hostname': '0',
    'etc/hosts': '0',
    'etc/mtab': '2',
    'etc/resolv.conf': '0',
    proc: '5',
    sys: '5',
  }),
);

// The length of the longest path of each kind. Most paths are longer, so comparing lengths saves the look-up.
const LONGEST_MARK = 16;
const LONGEST_SHELL = 16;
const LONGEST_OS_RELEASE = 18;

const SHELL = /^(?:usr\/)?bin\/(?:sh|bash|ash|dash|zsh|fish|ksh|busybox)$/;
const OS_RELEASE = /^(?:etc|usr\/lib)\/os-release$/;
const OS_RELEASE_BYTES = 64 * 1024;

/**
 * Gathers facts about a root file system while its members are read, such as its distribution, its platform and its
 * shells.
 */
export class RootfsObserver {
  readonly hierarchy = new Set<string>();
  readonly initLayer = new Set<string>();
  readonly programs = new ProgramObserver();
  readonly #shells = new Set<string>();
  readonly #elf = new Map<string, { platform: Platform; files: number }>();
  #osRelease: string | null = null;
  #capabilities = 0;

  /**
   * Notes what the header of a tar member tells about the root file system. `path` is the member's cleaned name.
   * Returns the number of bytes from the start of its content that the method `body` needs; 0 for none.
   */
  member(member: Member, path: string): number {
    if (path.length <= LONGEST_MARK && INIT_LAYER.get(path) === member.type) this.initLayer.add(path);
    if (path.length <= LONGEST_SHELL && SHELL.test(path)) this.#shells.add(`/${path}`);
    if (member.pax?.has('SCHILY.xattr.security.capability') === true) this.#capabilities++;
    this.programs.member(member, path);
    if (member.type !== '0') return 0;
    if (isOsRelease(path)) return OS_RELEASE_BYTES;
    return member.size >= ELF_HEAD ? ELF_HEAD : 0;
  }

  /**
   * Notes the distribution if a file is `os-release`, and the platform if it is an executable. `bytes` are the first
   * bytes of the file, as many as the method `member` asked for.
   */
  body(path: string, bytes: Uint8Array): void {
    if (isOsRelease(path)) this.#osRelease = byteString(bytes);
    const platform = elfPlatform(bytes);
    if (platform === null) return;
    this.programs.body(path, bytes);
    const name = formatPlatform(platform);
    const seen = this.#elf.get(name);
    if (seen === undefined) this.#elf.set(name, { platform, files: 1 });
    else seen.files++;
  }

  /** The number of ELF files (executables and shared objects) in the root file system. */
  get elfFiles(): number {
    return [...this.#elf.values()].reduce((sum, each) => sum + each.files, 0);
  }

  facts(): RootfsFacts {
    const elf = [...this.#elf.entries()].toSorted((a, b) => b[1].files - a[1].files || (a[0] < b[0] ? -1 : 1));
    return {
      distribution: this.#osRelease === null ? null : distribution(this.#osRelease),
      platform: elf[0]?.[1].platform ?? null,
      elf: elf.map(([platform, { files }]) => ({ platform, files })),
      // A shell is useless when no file has an execute permission bit.
      shells: this.programs.unusable === null ? [...this.#shells].toSorted() : [],
      capabilities: this.#capabilities,
    };
  }
}

function isOsRelease(path: string): boolean {
  return path.length <= LONGEST_OS_RELEASE && OS_RELEASE.test(path);
}

/**
 * The distribution that an os-release file names (os-release(5)): its ID, VERSION_ID (null when missing) and
 * PRETTY_NAME, or else NAME or the ID. Null when the file has no ID.
 */
function distribution(osRelease: string): RootfsFacts['distribution'] {
  const values = new Map<string, string>();
  for (const line of osRelease.split('\n')) {
    const [, name, written] = /^([A-Z_]+)=(.*)$/.exec(line.trimEnd()) ?? [];
    if (name !== undefined && written !== undefined) values.set(name, printable(unquoted(written)));
  }
  const id = values.get('ID');
  if (id === undefined) return null;
  return { id, version: values.get('VERSION_ID') ?? null, name: values.get('PRETTY_NAME') ?? values.get('NAME') ?? id };
}

/**
 * Removes the quotes around the value of a variable in os-release. Returns the value unchanged unless both ends have
 * the same quote.
 */
function unquoted(value: string): string {
  const isQuoted = value.length > 1 && value[0] === value.at(-1) && (value[0] === '"' || value[0] === "'");
  return isQuoted ? value.slice(1, -1) : value;
}
