import type { MergedFile } from '../../core/files/merged-file.ts';
import { printable } from '../../core/model/bytes.ts';
import { linkOf, modeOf, ownerOf, sizeOf, timeOf } from '../../core/page/file-columns.ts';

/**
 * The number of lines of a file list that are joined to one string before it is printed. One string for millions of
 * lines would be too long.
 */
const LINES_AT_ONCE = 1000;

/**
 * Yields the lines of a file list as `tar -tv` prints them: mode, owner, size, time in UTC, path, link. `unordered` and
 * `ordered` have the same files. The function first goes through `unordered` to measure the width of the columns.
 * Meanwhile it yields an empty string after every 1,000 files, so that the caller can let other work run. Then it
 * yields the lines of the files in `ordered`, up to 1,000 in one string.
 */
export function* listing(
  unordered: Iterable<MergedFile>,
  ordered: Iterable<{ path: string; file: MergedFile }>,
): Generator<string> {
  let [owners, sizes, seen] = [0, 0, 0];
  for (const file of unordered) {
    owners = Math.max(owners, ownerOf(file).length);
    sizes = Math.max(sizes, sizeOf(file).length);
    if (++seen % LINES_AT_ONCE === 0) yield '';
  }
  let lines: string[] = [];
  for (const { path, file } of ordered) {
    const columns = [modeOf(file), ownerOf(file).padEnd(owners), sizeOf(file).padStart(sizes), timeOf(file)];
    lines.push(`${columns.join(' ')} ${printable(path)}${file.type === '5' ? '/' : ''}${linkOf(file)}\n`);
    if (lines.length < LINES_AT_ONCE) continue;
    yield lines.join('');
    lines = [];
  }
  if (lines.length > 0) yield lines.join('');
}
