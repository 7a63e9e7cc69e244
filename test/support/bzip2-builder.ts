/** The CRC-32 of bzip2 for the single byte `x`. */
const SUM_OF_X = crcOf('x'.charCodeAt(0));

function crcOf(byte: number): number {
  let crc = ~0 ^ (byte << 24);
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return ~crc;
}

/** A bzip2 stream of the byte `x`, whose one block has as many selectors of Huffman codes as a block can have. */
export function bzip2OfSelectors(): Buffer {
  const bits: string[] = [];
  const put = (value: number, count: number) => void bits.push((value >>> 0).toString(2).padStart(count, '0'));
  for (const byte of Buffer.from('BZh9')) put(byte, 8);
  for (const byte of [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]) put(byte, 8);
  put(SUM_OF_X, 32);
  put(0, 25); // not randomised, and the origin
  put(0x8000 >> 7, 16); // `x` is 0x78
  put(0x8000 >> 8, 16);
  put(6, 3);
  put(32_767, 15);
  bits.push('111110'.repeat(32_767)); // always the last of six codes
  for (let code = 0; code < 6; code++) put(2 << 3, 8); // three symbols of two bits
  bits.push('0010'); // a run of one, and the end
  for (const byte of [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]) put(byte, 8);
  put(SUM_OF_X, 32);
  const text = bits.join('');
  return Buffer.from(
    Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
      Number.parseInt(text.slice(8 * i, 8 * i + 8).padEnd(8, '0'), 2),
    ),
  );
}
