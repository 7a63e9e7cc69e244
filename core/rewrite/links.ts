import type { MergedFile } from '../files/merged-file.ts';
import { cleanPath } from '../tar/paths.ts';
import type { Decisions } from './decisions.ts';

/** One of the paths of a file that has hard links, and the file as it is at that path. */
export interface Name {
  path: string;
  file: MergedFile;
}

/**
 * Decides how files with several paths (hard links) are written into the new tar archive: the content once, and after
 * it the other paths as hard links. If the original path of the content is gone, the first path that is left gets the
 * content. The keys of `linked` are the numbers of the members with the content; the values are all paths of that file.
 * Returns the number of the member at whose place each path is written.
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
 * Decides where one hard link is written in the new tar archive. `content` is the number of the member with the
 * content, and `first` the path that gets it. `written` are the paths of the file before this one. Returns the number
 * of the member at whose place the link is written.
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
