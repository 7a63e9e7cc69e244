/** Files that lie beside an image or an archive and are no part of it: what systems leave, and what people add to explain. */
const STRAY =
  /^(?:\._.*|\.DS_Store|__MACOSX|Thumbs\.db|desktop\.ini|\.directory|lost\+found|(?:read[-_]?me|licen[cs]e|copying|notice|changelog|version|authors|sha\d*sums?|md5sums?|checksums?)[^/]*)$/i;

/** The endings of checksums, signatures and texts. */
const BESIDE = /^.*\.(?:md5|sha1|sha256|sha512|sum|asc|sig|minisig|txt|md|pdf|rst|html)$/i;

/** True for a file or folder at the top of an archive that only accompanies what is beside it. */
export function isStray(path: string): boolean {
  const slash = path.indexOf('/');
  const top = slash < 0 ? path : path.slice(0, slash);
  return STRAY.test(top) || BESIDE.test(top) || /(?:^|\/)\._[^/]*$/.test(path);
}
