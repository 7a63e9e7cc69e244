import type { MergedFile } from '../files/merged-file.ts';
import { printable } from '../model/bytes.ts';

/**
 * The letters that stand for the types of tar members before their permissions, as in `ls -l`. For a hard link, it is
 * `h`, as tar prints it.
 */
const LETTERS: Record<string, string> = { '0': '-', '1': 'h', '2': 'l', '3': 'c', '4': 'b', '5': 'd', '6': 'p' };

/** The type and the permissions of a file as `ls -l` prints them: `-rwsr-xr-x`. */
export function modeOf({ type, mode }: MergedFile): string {
  const bits = [6, 3, 0].map((shift, i) => {
    const special = (mode & (0o4000 >> i)) !== 0;
    const run = (mode & (1 << shift)) !== 0;
    const letter = i === 2 ? 't' : 's';
    const last = special ? (run ? letter : letter.toUpperCase()) : run ? 'x' : '-';
    return ((mode >> shift) & 4 ? 'r' : '-') + ((mode >> shift) & 2 ? 'w' : '-') + last;
  });
  return (LETTERS[type] ?? '-') + bits.join('');
}

/** The user id and the group id of a file: `0/0`. */
export function ownerOf({ uid, gid }: MergedFile): string {
  return `${uid}/${gid}`;
}

/** The size of a file in bytes, as digits only. For a device, its major and minor number: `8,1`. */
export function sizeOf({ type, size, devmajor, devminor }: MergedFile): string {
  return type === '3' || type === '4' ? `${devmajor},${devminor}` : String(size);
}

/**
 * The modification time of a file in UTC: `2024-01-31 12:00`. For a time that a Date cannot hold, the seconds since
 * 1970.
 */
export function timeOf({ mtime }: MergedFile): string {
  const date = new Date(mtime * 1000);
  return Number.isNaN(date.getTime()) ? String(mtime) : date.toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * The target of a link, as ` -> TARGET` for a symbolic link and ` link to TARGET` for a hard link; empty for any other
 * file.
 */
export function linkOf({ type, linkname }: MergedFile): string {
  if (type === '2') return ` -> ${printable(linkname)}`;
  return type === '1' ? ` link to ${printable(linkname)}` : '';
}
