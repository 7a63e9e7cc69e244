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

/** True for each compression that no client (a program that loads image archives, such as Docker) supports. */
const UNSUPPORTED: Record<SingleCompression, boolean> & Partial<Record<Compression, boolean>> = {
  gzip: false,
  bzip2: false,
  xz: false,
  zstd: false,
  lz4: true,
  lzma: true,
  zip: true,
};

/**
 * True for an archive that no client can decompress. Its compression is one that no client supports, or it was
 * compressed twice, or the compressed archive was put into a tar archive.
 */
export function isUnread(compression: Compression): boolean {
  return UNSUPPORTED[compression] ?? compression !== 'none';
}
