import type { MergedFile } from '../../core/files/merged-file.ts';
import { printable } from '../../core/model/bytes.ts';

const LETTERS: Record<string, string> = { '0': '-', '1': 'h', '2': 'l', '3': 'c', '4': 'b', '5': 'd', '6': 'p' };
/** The number of lines in each string that `listing` yields. One string for millions of lines would be too long. */
const LINES_AT_ONCE = 1000;

/**
 * Yields the lines of a file list as `tar -tv` prints them: mode, owner, size, time in UTC, path, link. It goes through
 * `files` twice. The first time it yields empty strings, so that its caller can let other work run.
 */
export function* listing(files: () => Iterable<{ path: string; file: MergedFile }>): Generator<string> {
  let [owners, sizes, seen] = [0, 0, 0];
  for (const { file } of files()) {
    owners = Math.max(owners, ownerOf(file).length);
    sizes = Math.max(sizes, sizeOf(file).length);
    if (++seen % LINES_AT_ONCE === 0) yield '';
  }
  let lines: string[] = [];
  for (const { path, file } of files()) {
    const columns = [modeOf(file), ownerOf(file).padEnd(owners), sizeOf(file).padStart(sizes), timeOf(file)];
    lines.push(`${columns.join(' ')} ${printable(path)}${file.type === '5' ? '/' : ''}${linkOf(file)}\n`);
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}

function modeOf({ type, mode }: MergedFile): string {
  const bits = [6, 3, 0].map((shift, i) => {
    const special = (mode & (0o4000 >> i)) !== 0;
    const run = (mode & (1 << shift)) !== 0;
    const letter = i === 2 ? 't' : 's';
    const last = special ? (run ? letter : letter.toUpperCase()) : run ? 'x' : '-';
    return ((mode >> shift) & 4 ? 'r' : '-') + ((mode >> shift) & 2 ? 'w' : '-') + last;
  });
  return (LETTERS[type] ?? '-') + bits.join('');
}

function ownerOf({ uid, gid }: MergedFile): string {
  return `${uid}/${gid}`;
}

function sizeOf({ type, size, devmajor, devminor }: MergedFile): string {
  return type === '3' || type === '4' ? `${devmajor},${devminor}` : String(size);
}

/** The modification time of a file: `2024-01-31 12:00` in UTC, or seconds if a Date cannot hold it. */
function timeOf({ mtime }: MergedFile): string {
  const date = new Date(mtime * 1000);
  return Number.isNaN(date.getTime()) ? String(mtime) : date.toISOString().slice(0, 16).replace('T', ' ');
}

function linkOf({ type, linkname }: MergedFile): string {
  if (type === '2') return ` -> ${printable(linkname)}`;
  return type === '1' ? ` link to ${printable(linkname)}` : '';
}
