/** The fields of a zstd frame header (RFC 8878, 3.1.1.1) that are needed to expand the frame. */
export interface FrameHeader {
  /** The length in bytes of the zstd frame header, its magic number included. */
  length: number;
  checksum: boolean;
  /**
   * The size in bytes of the zstd frame's window, or the size of its content if the frame header states that it is
   * smaller.
   */
  windowBytes: number;
  /** The size in bytes of the zstd frame's decompressed content; null when the frame header does not state it. */
  contentBytes: number | null;
}

/**
 * The longest zstd frame, in bytes, that is expanded in one call of the decompressor; a longer one is expanded in
 * pieces. Very many frames may be short: zstd:chunked has one for each small file, and one megabyte can hold a hundred
 * thousand empty frames.
 */
export const SMALL_FRAME = 4096;

/** The window descriptor of a zstd frame header (RFC 8878, 3.1.1.1.2) for a window of 1 MiB. */
const SMALL_WINDOW = 0x50;

/**
 * Returns a short zstd frame, `whole`, with its window limited to 1 MiB. If the window is not larger, returns `whole`
 * itself. With a larger window, a decompressor would allocate more memory for each short frame.
 */
export function withSmallWindow(whole: Uint8Array): Uint8Array {
  const isSingleSegment = (whole[4]! & 0x20) !== 0;
  if (isSingleSegment || whole[5]! <= SMALL_WINDOW) return whole;
  // A frame that is expanded in one call has less content than 1 MiB.
  const changed = new Uint8Array(whole);
  changed[5] = SMALL_WINDOW;
  return changed;
}

/**
 * The most bytes of content that `plainContent` expands: the size of the smallest window that a zstd frame may have.
 * Frames with more content go to the decompressor.
 */
const PLAIN_BYTES = 1024;
const RAW = 0;
const RLE = 1;

/**
 * Returns the content of `whole`, a short zstd frame, if it has no checksum and no compressed block (RFC 8878,
 * 3.1.1.2). Returns null for any other frame, and for more than 1 KiB of content. A decompressor would take fifty times
 * as long.
 */
export function plainContent(whole: Uint8Array, { length, checksum, contentBytes }: FrameHeader): Uint8Array | null {
  const typeOfFirst = (whole[length]! >> 1) & 3;
  if (checksum || typeOfFirst > RLE) return null;
  // Blocks of so little content fit into every window, so that their sizes need no check.
  const content = new Uint8Array(PLAIN_BYTES);
  let size = 0;
  for (let at = length; at < whole.length;) {
    const header = whole[at]! + whole[at + 1]! * 256 + whole[at + 2]! * 65536;
    const type = (header >> 1) & 3;
    const end = size + (header >> 3);
    if (type > RLE || end > PLAIN_BYTES) return null;
    at += 3;
    if (type === RAW) content.set(whole.subarray(at, at + end - size), size);
    else content.fill(whole[at]!, size, end);
    at += type === RAW ? end - size : 1;
    size = end;
  }
  return size === (contentBytes ?? size) ? content.subarray(0, size) : null;
}
