import { isArchiveName } from './archive-name.ts';

/**
 * A pattern for the names of files and folders, at the top of an archive, that do not belong to the image in it:
 * leftovers of operating systems, readmes, checksums.
 */
const STRAY =
  /^(?:\._.*|\.DS_Store|__MACOSX|Thumbs\.db|desktop\.ini|\.directory|lost\+found|(?:read[-_]?me|licen[cs]e|copying|notice|changelog|version|authors|sha\d*sums?|md5sums?|checksums?)[^/]*)$/i;

/** A pattern for the names of files with a checksum, a signature or a text that are packed with an image. */
const CHECKSUM_OR_TEXT = /^.*\.(?:md5|sha1|sha256|sha512|sum|asc|sig|minisig|txt|md|pdf|rst|html)$/i;

/**
 * True for a file of an archive that does not belong to its image: a readme, a checksum, a leftover of an operating
 * system.
 */
export function isStray(path: string): boolean {
  const slash = path.indexOf('/');
  const top = slash < 0 ? path : path.slice(0, slash);
  return STRAY.test(top) || CHECKSUM_OR_TEXT.test(top) || /(?:^|\/)\._[^/]*$/.test(path);
}

/**
 * True for a file that may accompany the only archive in a tar or zip file, in any folder: a text, a checksum, or a
 * file that an operating system left behind. False for a file with the name of an archive, such as `readme.tar`.
 */
export function isStrayFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return path.startsWith('__MACOSX/') || name.startsWith('._') || (isStray(name) && !isArchiveName(name));
}
