import { isArchiveName } from './archive-name.ts';

/**
 * A pattern for the names of files and folders at the top of an archive that do not belong to the image in it:
 * leftovers of operating systems, readmes, checksums.
 */
const STRAY =
  /^(?:\._.*|\.DS_Store|__MACOSX|Thumbs\.db|desktop\.ini|\.directory|lost\+found|(?:read[-_]?me|licen[cs]e|copying|notice|changelog|version|authors|sha\d*sums?|md5sums?|checksums?)[^/]*)$/i;

/** A pattern for the names of files that people pack beside an image: checksums, signatures and texts. */
const CHECKSUM_OR_TEXT = /^.*\.(?:md5|sha1|sha256|sha512|sum|asc|sig|minisig|txt|md|pdf|rst|html)$/i;

/**
 * True for the path of a file in an archive that does not belong to the image there: a readme, a checksum, or a
 * leftover of an operating system. Except for `._…` files, the name at the top of the path decides.
 */
export function isStray(path: string): boolean {
  const slash = path.indexOf('/');
  const top = slash < 0 ? path : path.slice(0, slash);
  return STRAY.test(top) || CHECKSUM_OR_TEXT.test(top) || /(?:^|\/)\._[^/]*$/.test(path);
}

/**
 * True for the path of a file in a tar or zip file that may lie beside the only archive there, in any folder: a text, a
 * checksum, or a leftover of an operating system. False for a file with the name of an archive, such as `readme.tar`.
 */
export function isStrayFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return path.startsWith('__MACOSX/') || name.startsWith('._') || (isStray(name) && !isArchiveName(name));
}
