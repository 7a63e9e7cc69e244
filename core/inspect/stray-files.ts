/** Names of files beside an image that are no part of it: leftovers of operating systems, readmes, checksums. */
const STRAY =
  /^(?:\._.*|\.DS_Store|__MACOSX|Thumbs\.db|desktop\.ini|\.directory|lost\+found|(?:read[-_]?me|licen[cs]e|copying|notice|changelog|version|authors|sha\d*sums?|md5sums?|checksums?)[^/]*)$/i;

/** Names with the ending of a checksum, a signature or a text. */
const BESIDE = /^.*\.(?:md5|sha1|sha256|sha512|sum|asc|sig|minisig|txt|md|pdf|rst|html)$/i;

/** True for a path in an archive that is no part of its image: a readme, a checksum, a leftover of a system. */
export function isStray(path: string): boolean {
  const slash = path.indexOf('/');
  const top = slash < 0 ? path : path.slice(0, slash);
  return STRAY.test(top) || BESIDE.test(top) || /(?:^|\/)\._[^/]*$/.test(path);
}
