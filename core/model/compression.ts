/**
 * The compression of an upload, recognised by its first bytes. `zip` is a zip file that contains a single tar archive.
 */
export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'lz4' | 'lzma' | 'zip';
