/** The most that a probability of LZMA can be, as a part of 2,048: 0 and 1 are equally likely at half of it. */
const EVEN = 1024;

/** Encodes bits as LZMA's range coder does (LZMA specification). A bit has a key, by which its probability is known. */
class RangeEncoder {
  readonly #chances = new Map<string, number>();
  readonly #out: number[] = [];
  #low = 0n;
  #range = 2 ** 32 - 1;
  /** The byte that is written next unless a carry comes, and the number of bytes that wait for it. */
  #byte = 0;
  #waiting = 1;

  bit(key: string, bit: 0 | 1): void {
    const chance = this.#chances.get(key) ?? EVEN;
    const bound = (this.#range >>> 11) * chance;
    this.#chances.set(key, bit === 0 ? chance + ((2048 - chance) >> 5) : chance - (chance >> 5));
    if (bit === 1) this.#low += BigInt(bound);
    this.#range = bit === 1 ? this.#range - bound : bound;
    for (; this.#range < 2 ** 24; this.#range *= 256) this.#shift();
  }

  finish(): Buffer {
    for (let i = 0; i < 5; i++) this.#shift();
    return Buffer.from(this.#out);
  }

  #shift(): void {
    if (this.#low < 0xff000000n || this.#low > 0xffffffffn) {
      const carry = Number(this.#low >> 32n);
      for (let byte = this.#byte; this.#waiting > 0; this.#waiting--) {
        this.#out.push((byte + carry) & 255);
        byte = 255;
      }
      this.#byte = Number((this.#low >> 24n) & 255n);
    }
    this.#waiting++;
    this.#low = (this.#low & 0xffffffn) << 8n;
  }
}

/**
 * An LZMA2 chunk of `size` zero bytes (2 MiB at most), each of them a symbol of its own: a literal, and then matches of
 * one byte. A byte of the chunk holds some 90 of them.
 */
export function chunkOfSymbols(size: number): Buffer {
  const encoder = new RangeEncoder();
  encoder.bit('match 0 0', 0);
  for (let i = 0, node = 1; i < 8; i++, node *= 2) encoder.bit(`literal ${node}`, 0);
  for (let at = 1; at < size; at++) {
    const [state, place] = [at === 1 ? 0 : at === 2 ? 9 : 11, at & 3];
    encoder.bit(`match ${state} ${place}`, 1);
    encoder.bit(`repeat ${state}`, 1);
    encoder.bit(`repeat 0 ${state}`, 0);
    encoder.bit(`long ${state} ${place}`, 0);
  }
  const packed = encoder.finish();
  const head = Buffer.from([0xe0 | ((size - 1) >> 16), 0, 0, 0, 0, 0x5d]);
  head.writeUInt16BE((size - 1) & 0xffff, 1);
  head.writeUInt16BE(packed.length - 1, 3);
  return Buffer.concat([head, packed]);
}
