const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst|lz4|lzma)|tgz|txz|tbz2?|tzst|tlz)$/i;

/**
 * True for a path whose ending is that of a tar archive, compressed or not: `.tar`, `.tar.gz`, `.tgz` and so on. Upper
 * and lower case make no difference.
 */
export function isArchiveName(path: string): boolean {
  return ARCHIVE.test(path);
}
