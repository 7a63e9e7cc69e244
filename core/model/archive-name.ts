const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst|lz4|lzma)|tgz|txz|tbz2?|tzst|tlz)$/i;

/** True for a path that ends like that of a tar archive, compressed or not: `.tar`, `.tar.gz`, `.tgz` and so on. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE.test(path);
}
