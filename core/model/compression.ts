/**
 * The name of one compression. An upload's compression is recognised by its first bytes. `zip` is a zip file that
 * contains a single archive.
 */
export type SingleCompression = 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'lz4' | 'lzma' | 'zip';

/**
 * How an archive is compressed and wrapped, from the inside out. `xz in gzip` was compressed with xz, and then with
 * gzip. `gzip in tar` was compressed with gzip, and then put into a tar archive that holds no other archive.
 */
export type Compression =
  | 'none'
  | SingleCompression
  | `${SingleCompression} in ${SingleCompression | 'tar'}`
  | `${SingleCompression} in tar in ${SingleCompression}`;

/**
 * True for an archive that no client decompresses: in a compression that no client knows, compressed twice, or wrapped
 * in a tar archive.
 */
export function isUnread(compression: Compression): boolean {
  return /^(?:lz4|lzma|zip)$| in /.test(compression);
}
