/** The polynomial of the CRC-32 that zlib, gzip and S3 use. Its bits are reversed: bit 31 stands for x^0. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
const X_TO_THE_8 = 0x00800000;

/**
 * The CRC-32 of two byte sequences put together, as an unsigned number. It is computed from their own CRCs `a` and `b`
 * and from the length of the second in bytes (up to 2^53), without reading the bytes. Appending n bytes multiplies `a`
 * by x^(8n) modulo the polynomial.
 */
export function combineCrc32(a: number, b: number, lengthB: number): number {
  let shifted = a >>> 0;
  let power = X_TO_THE_8;
  for (let left = lengthB; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) shifted = multiply(shifted, power);
    power = multiply(power, power);
  }
  return (shifted ^ b) >>> 0;
}

function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= b;
    b = (b & 1) === 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1;
  }
  return product >>> 0;
}
