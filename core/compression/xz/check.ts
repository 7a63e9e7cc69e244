import type { Tools } from '../../model/ports.ts';
import { toHex } from '../../model/hex-and-base64.ts';
import { littleEndian } from '../compressed-reader.ts';
import { Crc64 } from './crc64.ts';

/** A running checksum over the content of an xz block. */
export interface Check {
  /** The length in bytes of the checksum that is stored after an xz block; 0 for blocks without a checksum. */
  readonly size: number;
  update(chunk: Uint8Array): void | Promise<void>;
  fits(stored: Uint8Array): boolean | Promise<boolean>;
  /**
   * Ends the computation of the checksum of a block that cannot be read to its end. Absent when there is nothing to
   * end.
   */
  discard?(): void;
}

/**
 * Makes the object that computes and verifies a checksum. `type` is the number of the kind of checksum, as in the flags
 * of an xz stream (xz format 2.1.1.2). Returns null for an unknown kind. Kind 0 means that blocks have no checksum;
 * then `fits` returns true for every block.
 */
export function newCheck(type: number, tools: Tools): Check | null {
  if (type === 0) return { size: 0, update: () => {}, fits: () => true };
  if (type === 1) return crc32Check(tools);
  if (type === 4) return crc64Check();
  if (type === 10) return sha256Check(tools);
  return null;
}

function crc32Check(tools: Tools): Check {
  let crc = 0;
  return {
    size: 4,
    update(chunk) {
      crc = tools.crc32(chunk, crc);
    },
    fits: (stored) => littleEndian(stored) === crc,
  };
}

function crc64Check(): Check {
  const crc = new Crc64();
  return {
    size: 8,
    update: (chunk) => crc.update(chunk),
    fits: (stored) => littleEndian(stored.subarray(0, 4)) === crc.low && littleEndian(stored.subarray(4)) === crc.high,
  };
}

function sha256Check(tools: Tools): Check {
  const hasher = tools.newHasher();
  return {
    size: 32,
    update: (chunk) => hasher.update(chunk),
    fits: async (stored) => (await hasher.digest()) === `sha256:${toHex(stored)}`,
    discard: () => hasher.discard?.(),
  };
}
