import type { MergedFile } from '../files/merged-file.ts';
import { cleanPath } from '../tar/paths.ts';
import type { Decisions } from './decisions.ts';

/**
 * One of the paths of a file that has several paths (hard links). `file` is what the merged file tree has at that path.
 */
export interface Name {
  path: string;
  file: MergedFile;
}

/**
 * Decides how files with several paths (hard links) are written into the new tar archive: the content once, and after
 * it the other paths as hard links. If the path that had the content in the layers no longer exists, the content is
 * written under the first remaining path. In `linked`, each key is the number of the tar member with the content of a
 * file, and the value lists all paths of that file. Returns, for each path, the number of the tar member at whose
 * position the path is written.
 */
export function settleLinks(
  linked: ReadonlyMap<number, readonly Name[]>,
  decisions: Decisions,
): Map<MergedFile, number> {
  const slots = new Map<MergedFile, number>();
  for (const [content, names] of linked) {
    const sorted = names.toSorted((a, b) => a.file.number - b.file.number);
    const first = sorted.find(({ file }) => file.number === content) ?? sorted[0];
    if (first === undefined) continue;
    if (first.file.number === content && !first.file.moved) decisions.keep(content);
    else decisions.change(content, { name: first.path });
    slots.set(first.file, content);
    const written = new Set([first.path]);
    for (const name of sorted) {
      if (name === first) continue;
      slots.set(name.file, settleLink(name, content, first.path, written, decisions));
      written.add(name.path);
    }
  }
  return slots;
}

/**
 * Decides where one hard link is written in the new tar archive. `content` is the number of the tar member with the
 * content of the file, and `first` the path under which it is written. `written` has the paths of the same file that
 * are written before this link. Returns the number of the member at whose position the link is written.
 */
function settleLink(
  { path, file }: Name,
  content: number,
  first: string,
  written: ReadonlySet<string>,
  decisions: Decisions,
): number {
  const { number, moved, type, linkname, uid, gid, mode, mtime } = file;
  if (number < content) {
    decisions.insertAfter(content, { uid, gid, mode, mtime, type: '1', name: path, linkname: first });
    return content + 1;
  }
  // The link name of a hard link to a symbolic link is not known any more, so it gets one.
  if (!moved && type !== '2' && written.has(cleanPath(linkname))) decisions.keep(number);
  else decisions.change(number, { name: path, linkname: first });
  return number;
}
