import { viewOf } from '../../model/byte-arrays.ts';

const PRIME_1 = 0x9e3779b1;
const PRIME_2 = 0x85ebca77;
const PRIME_3 = 0xc2b2ae3d;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/** The number of bytes that XXH32 mixes in one step: four lanes of four bytes. */
const STRIPE = 16;

/** The checksum XXH32 (xxHash specification 0.1.1) with seed 0, computed chunk by chunk. lz4 frames use it. */
export class Xxh32 {
  #lane1 = (PRIME_1 + PRIME_2) | 0;
  #lane2 = PRIME_2 | 0;
  #lane3 = 0;
  #lane4 = -PRIME_1 | 0;
  readonly #rest = new Uint8Array(STRIPE);
  #restLength = 0;
  #size = 0;

  update(chunk: Uint8Array): void {
    this.#size += chunk.length;
    let at = 0;
    if (this.#restLength > 0) {
      at = Math.min(STRIPE - this.#restLength, chunk.length);
      this.#rest.set(chunk.subarray(0, at), this.#restLength);
      this.#restLength += at;
      if (this.#restLength < STRIPE) return;
      this.#stripes(this.#rest, 0, STRIPE);
    }
    const end = chunk.length - ((chunk.length - at) % STRIPE);
    this.#stripes(chunk, at, end);
    this.#rest.set(chunk.subarray(end));
    this.#restLength = chunk.length - end;
  }

  /** The XXH32 of all bytes so far, as an unsigned number. */
  digest(): number {
    let hash =
      this.#size < STRIPE
        ? PRIME_5
        : rotated(this.#lane1, 1) + rotated(this.#lane2, 7) + rotated(this.#lane3, 12) + rotated(this.#lane4, 18);
    hash = (hash + this.#size) | 0;
    const fields = viewOf(this.#rest);
    let at = 0;
    for (; at + 4 <= this.#restLength; at += 4) {
      hash = Math.imul(rotated(hash + Math.imul(fields.getInt32(at, true), PRIME_3), 17), PRIME_4);
    }
    for (; at < this.#restLength; at++) {
      hash = Math.imul(rotated(hash + Math.imul(this.#rest[at]!, PRIME_5), 11), PRIME_1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    const fields = viewOf(bytes);
    let [lane1, lane2, lane3, lane4] = [this.#lane1, this.#lane2, this.#lane3, this.#lane4];
    for (let at = start; at < end; at += STRIPE) {
      lane1 = mixed(lane1, fields.getInt32(at, true));
      lane2 = mixed(lane2, fields.getInt32(at + 4, true));
      lane3 = mixed(lane3, fields.getInt32(at + 8, true));
      lane4 = mixed(lane4, fields.getInt32(at + 12, true));
    }
    this.#lane1 = lane1;
    this.#lane2 = lane2;
    this.#lane3 = lane3;
    this.#lane4 = lane4;
  }
}

/** Returns the XXH32 of some bytes, with seed 0, as an unsigned number. */
export function xxh32(bytes: Uint8Array): number {
  const hash = new Xxh32();
  hash.update(bytes);
  return hash.digest();
}

function mixed(lane: number, word: number): number {
  return Math.imul(rotated(lane + Math.imul(word, PRIME_2), 13), PRIME_1);
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
