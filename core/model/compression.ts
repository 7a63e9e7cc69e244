/**
 * A compression, recognised by its first bytes. `zip` is a zip file that contains a single archive.
 */
export type SingleCompression = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'lz4' | 'lzma' | 'zip';

/**
 * The compressions and archives around an archive, from the inside out. `xz in gzip` was compressed twice. `gzip in
 * tar` is the only archive in a tar archive, perhaps with a checksum or a text beside it.
 */
export type Compression =
  | 'none'
  | SingleCompression
  | `${SingleCompression} in ${SingleCompression | 'tar'}`
  | `${SingleCompression} in tar in ${SingleCompression}`;

/** True for a compression that no client decompresses: one that no client knows, or two around each other. */
export function isUnread(compression: Compression): boolean {
  return /^(?:lz4|lzma|zip)$| in /.test(compression);
}
