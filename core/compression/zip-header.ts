import { finder, viewOf } from '../model/byte-arrays.ts';
import { byteString } from '../model/byte-string.ts';
import { printable } from '../model/bytes.ts';
import { isStrayFile } from '../model/stray-files.ts';

/** The local header of an entry of a zip file (APPNOTE 4.3.7). */
export interface ZipEntry {
  /**
   * The name of the zip entry as printable text: unprintable characters are escaped, and the middle of a long name is
   * left out.
   */
  name: string;
  /** The compression method of the zip entry: 0 is stored, 8 is deflated. */
  method: number;
  encrypted: boolean;
  /** True when a zip entry's sizes and checksum are in a data descriptor after its data (APPNOTE 4.3.9). */
  streamed: boolean;
  /** The length in bytes of the zip entry's whole local header. */
  headerBytes: number;
  crc32: number;
  /**
   * The size in bytes of the zip entry's data, as stored in the zip file, according to the local header. Usually 0 when
   * `streamed` is true, because the size then comes after the data.
   */
  storedSize: number;
}

/** The length in bytes of the fixed part of a zip entry's local header (APPNOTE 4.3.7). */
export const LOCAL_BYTES = 30;

/**
 * Returns the length in bytes of a zip entry's name and extra field together. `fixed` is the fixed part of its local
 * header, or begins with it.
 */
export function nameBytes(fixed: Uint8Array): number {
  const fields = viewOf(fixed);
  return fields.getUint16(26, true) + fields.getUint16(28, true);
}

/** Returns the fields of a zip entry's local header. `header` is the whole header, with name and extra field. */
export function localEntry(header: Uint8Array): ZipEntry {
  const fields = viewOf(header);
  const nameEnd = LOCAL_BYTES + fields.getUint16(26, true);
  const flags = fields.getUint16(6, true);
  const size = fields.getUint32(18, true);
  return {
    name: printable(byteString(header, LOCAL_BYTES, nameEnd)),
    method: fields.getUint16(8, true),
    encrypted: (flags & 1) !== 0,
    streamed: (flags & 8) !== 0,
    headerBytes: header.length,
    crc32: fields.getUint32(14, true),
    storedSize: size === 0xffffffff ? zip64Size(header.subarray(nameEnd)) : size,
  };
}

export function isFolder({ name }: ZipEntry): boolean {
  return name.endsWith('/');
}

/** Finds the signature with which the local header of a zip entry begins; -1 when there is none. */
const nextHeader = finder(Uint8Array.of(0x50, 0x4b, 3, 4));

/**
 * Returns the first entry of a zip file that is not a folder, a checksum, a text or a leftover of an operating system,
 * such as `.DS_Store`. `bytes` is the beginning of the file. Returns null when it does not contain the whole local
 * header of that entry, or when the size of an entry before it is not known.
 */
export function firstZipFile(bytes: Uint8Array): ZipEntry | null {
  for (let at = 0; at >= 0 && at + LOCAL_BYTES <= bytes.length && viewOf(bytes).getUint32(at, true) === 0x04034b50;) {
    const end = at + LOCAL_BYTES + nameBytes(bytes.subarray(at));
    if (end > bytes.length) return null;
    const entry = localEntry(bytes.subarray(at, end));
    if (!isFolder(entry) && !isStrayFile(entry.name)) return entry;
    // Before the data of a streamed entry, its size is not known. The next header comes after its data.
    at = entry.streamed ? nextHeader(bytes, end) : end + entry.storedSize;
  }
  return null;
}

/**
 * Returns the compressed size in bytes of a zip entry of 4 GiB or more: the second number in the extra field of zip64
 * (APPNOTE 4.5.3). Returns 0 when that field is missing.
 */
function zip64Size(extra: Uint8Array): number {
  const fields = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length; at += 4 + fields.getUint16(at + 2, true)) {
    if (fields.getUint16(at, true) === 1 && at + 20 <= extra.length) return Number(fields.getBigUint64(at + 12, true));
  }
  return 0;
}
