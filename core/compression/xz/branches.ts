/**
 * A function that reverses an xz filter for machine code: it turns the absolute targets of calls and jumps back into
 * relative ones, in place. `position` is the address of the first byte of `bytes`. Returns how many bytes, from the
 * beginning of `bytes`, are finished. The caller must pass the remaining bytes again, followed by the next bytes of the
 * data.
 */
export type Undo = (bytes: Uint8Array, position: number) => number;

interface Branches {
  newUndo: () => Undo;
  /** The offset at which the xz filter starts must be a multiple of this number of bytes, such as 4 for ARM. */
  alignment: number;
}

/**
 * xz's filters for machine code, by their ID in the block header: how to reverse each filter, and its alignment (xz
 * format 5.3.2).
 */
export const BRANCHES: Partial<Record<number, Branches>> = {
  4: { newUndo: x86, alignment: 1 },
  5: { newUndo: () => eachWord('big', powerPc), alignment: 4 },
  7: { newUndo: () => eachWord('little', arm), alignment: 4 },
  8: { newUndo: () => armThumb, alignment: 2 },
  9: { newUndo: () => eachWord('big', sparc), alignment: 4 },
  10: { newUndo: () => eachWord('little', arm64), alignment: 4 },
};

function eachWord(endian: 'little' | 'big', undo: (word: number, position: number) => number): Undo {
  return (bytes, position) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const done = bytes.length - (bytes.length % 4);
    for (let at = 0; at < done; at += 4) {
      view.setUint32(at, undo(view.getUint32(at, endian === 'little'), position + at), endian === 'little');
    }
    return done;
  };
}

/**
 * Reverses xz's ARM filter for one instruction (`word`, 4 bytes) at the address `position`, and returns the result.
 * Only an unconditional BL changes: its 24-bit target becomes relative again, a number of words from `position` + 8.
 */
function arm(word: number, position: number): number {
  if (word >>> 24 !== 0xeb) return word;
  return 0xeb000000 | ((word - ((position + 8) >>> 2)) & 0xffffff);
}

/**
 * Reverses xz's ARM64 filter for one instruction (`word`, 4 bytes) at the address `position`, and returns the result.
 * Two instructions change: BL, whose 26-bit target is a number of words, and ADRP, whose 21-bit target is a number of
 * pages of 4 KiB. ADRP changes only when its stored target is between -512 MiB and 512 MiB.
 */
function arm64(word: number, position: number): number {
  if (word >>> 26 === 0x25) return 0x94000000 | ((word - (position >>> 2)) & 0x03ffffff);
  if ((word & 0x9f000000) >>> 0 !== 0x90000000) return word;
  const target = ((word >>> 29) & 3) | ((word >>> 3) & 0x1ffffc);
  if (((target + 0x20000) & 0x1c0000) !== 0) return word;
  const page = (target - (position >>> 12)) | 0;
  const sign = -(page & 0x20000) & 0xe00000;
  return (word & 0x9000001f) | ((page & 3) << 29) | ((page & 0x3fffc) << 3) | sign;
}

/**
 * Reverses xz's PowerPC filter for one instruction (`word`, 4 bytes) at the address `position`, and returns the result.
 * Only the BL instruction with a relative target changes: its 26-bit target becomes relative again, a number of bytes
 * from `position`.
 */
function powerPc(word: number, position: number): number {
  if ((word & 0xfc000003) >>> 0 !== 0x48000001) return word;
  return 0x48000001 | ((word - position) & 0x03fffffc);
}

/**
 * Reverses xz's SPARC filter for one instruction (`word`, 4 bytes) at the address `position`, and returns the result.
 * Only CALL changes, and only when its stored target, a signed number of words, fits into 23 bits.
 */
function sparc(word: number, position: number): number {
  const opening = word >>> 22;
  if (opening !== 0x100 && opening !== 0x1ff) return word;
  const target = word - (position >>> 2);
  const sign = -((target >>> 22) & 1) << 22;
  return 0x40000000 | (sign & 0x3fffffff) | (target & 0x3fffff);
}

/**
 * Reverses xz's ARM Thumb filter in place, for the instruction BL: two half-words with 11 bits of the target each.
 * `position` is the address of the first of `bytes`. Returns how many bytes, from the beginning of `bytes`, are
 * finished. The caller must pass the remaining bytes again, followed by the next bytes of the data.
 */
function armThumb(bytes: Uint8Array, position: number): number {
  let at = 0;
  for (; at + 4 <= bytes.length; at += 2) {
    if ((bytes[at + 1]! & 0xf8) !== 0xf0 || (bytes[at + 3]! & 0xf8) !== 0xf8) continue;
    const high = ((bytes[at + 1]! & 7) << 8) | bytes[at]!;
    const low = ((bytes[at + 3]! & 7) << 8) | bytes[at + 2]!;
    const target = ((high << 11) | low) - ((position + at + 4) >>> 1);
    bytes[at + 1] = 0xf0 | ((target >>> 19) & 7);
    bytes[at] = target >>> 11;
    bytes[at + 3] = 0xf8 | ((target >>> 8) & 7);
    bytes[at + 2] = target;
    at += 2;
  }
  return at;
}

/**
 * Makes a function that reverses xz's x86 filter for CALL and JMP with a 32-bit target whose highest byte is 00 or ff.
 * A byte that looks like an opcode may be part of another target, so the three bytes before it decide whether the
 * target changes.
 */
function x86(): Undo {
  /**
   * For xz's x86 filter: a bit for each of the last three bytes, 1 where a byte looked like an opcode but nothing was
   * changed after it. The lowest bit is for the last byte.
   */
  let recent = 0;
  return (bytes, position) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (; at + 4 < bytes.length; at++) {
      const isOpcode = (bytes[at]! & 0xfe) === 0xe8;
      if (isOpcode && isTarget(bytes, at, recent)) {
        view.setInt32(at + 1, x86Target(view.getInt32(at + 1, true), position + at + 5, recent), true);
        at += 4;
        recent = 0;
      } else {
        recent = ((recent << 1) & 7) | (isOpcode ? 1 : 0);
      }
    }
    return at;
  };
}

function isTarget(bytes: Uint8Array, at: number, recent: number): boolean {
  if (!isExtreme(bytes[at + 4]!)) return false;
  if (recent === 0) return true;
  const alone = (recent & (recent - 1)) === 0;
  return alone && !isExtreme(bytes[at + 4 - bitLength(recent)]!);
}

function x86Target(absolute: number, position: number, recent: number): number {
  const shift = 32 - 8 * bitLength(recent);
  let target = (absolute - position) | 0;
  if (recent !== 0) {
    // The encoder repeated its step while the result looked like part of the opcode before it.
    while (isExtreme((target >>> (shift - 8)) & 0xff)) target = ((target ^ ((1 << shift) - 1)) - position) | 0;
  }
  return (target << 7) >> 7;
}

function isExtreme(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}

function bitLength(value: number): number {
  return 32 - Math.clz32(value);
}
