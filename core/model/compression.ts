/**
 * The name of one compression. The compression of an upload is recognised by the first bytes of the upload, not by its
 * name. `zip` is a zip file that contains a single archive.
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

/** For each compression: true when no client (a program that loads image archives, such as Docker) supports it. */
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
 * True for the compression of an archive that no client can decompress. It is a compression that no client supports,
 * the archive was compressed twice, or the compressed archive was put into a tar archive. False for `none`.
 */
export function isUnread(compression: Compression): boolean {
  return UNSUPPORTED[compression] ?? compression !== 'none';
}
