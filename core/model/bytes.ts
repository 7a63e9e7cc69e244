import { escaped, escapeOf, isPrintableAscii } from '../catalogue/escaped.ts';
import { concat, copied, enlarged } from './byte-arrays.ts';
import { bytesOf } from './byte-string.ts';
import type { Bytes } from './ports.ts';
import { validUtf8 } from './utf8.ts';

/**
 * A stream of bytes with a method `close`, which ends the stream even before anything was read. A generator alone
 * cannot do that: closing it before its first step would not close the stream that it reads.
 */
export interface ClosableBytes extends Bytes {
  close(): Promise<void>;
}

/**
 * Reads the first `wanted` bytes of a stream, to look at them before the stream is used. Returns a copy of them
 * (`head`, shorter if the stream is shorter), and a stream of all bytes from the beginning on (`all`).
 */
export async function peek(bytes: Bytes, wanted: number): Promise<{ head: Uint8Array; all: ClosableBytes }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const close = async () => void (await iterator.return?.());
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < wanted) {
    const next = await iterator.next();
    if (next.done === true) break;
    // A long enough first chunk needs no copy: it stays valid until the next one is asked for, and that comes later.
    const isEnough = length === 0 && next.value.length >= wanted;
    chunks.push(isEnough ? next.value : copied(next.value));
    length += next.value.length;
  }
  const [first] = chunks;
  const read = first?.length === length ? first : concat(chunks);
  const head = copied(read.subarray(0, wanted));
  return { head, all: { close, [Symbol.asyncIterator]: () => replay(read, iterator, close) } };
}

async function* replay(read: Uint8Array, rest: AsyncIterator<Uint8Array>, close: () => Promise<void>) {
  try {
    if (read.length > 0) yield read;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await close();
  }
}

/**
 * Reads a stream to its end, and returns its bytes. When it has more than `most` bytes, ends it and returns null. The
 * chunks are copied into one array at once: a chunk may have one byte, and keeping it would take hundreds of bytes.
 */
export async function collected(
  bytes: AsyncIterable<Uint8Array>,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  let all = new Uint8Array();
  let size = 0;
  for await (const chunk of bytes) {
    const next = size + chunk.length;
    if (next > most) return null;
    if (next > all.length) all = enlarged(all, Math.max(next, Math.min(2 * all.length, most)));
    all.set(chunk, size);
    size = next;
  }
  return size === all.length ? all : all.slice(0, size);
}

/**
 * Makes a text for display from a byte string, which has one character for each byte. The bytes are decoded as UTF-8;
 * if they are not valid UTF-8, all bytes from 0x80 up are escaped. Unprintable characters are escaped, too. Of more
 * than 512 bytes, some 256 at the beginning and 64 at the end are shown, with an ellipsis between them.
 */
export function printable(byteString: string): string {
  if (byteString.length <= SHOWN_BYTES) return readable(byteString);
  const head = byteString.slice(0, characterAt(byteString, HEAD_BYTES));
  const tail = byteString.slice(characterAt(byteString, byteString.length - TAIL_BYTES));
  return `${readable(head)}…${readable(tail)}`;
}

/**
 * The largest number of bytes of a name from an archive that is displayed whole. Of longer names, the middle is left
 * out. Names that people give are shorter.
 */
const SHOWN_BYTES = 512;
const HEAD_BYTES = 256;
const TAIL_BYTES = 64;

/**
 * Returns the offset of the first byte of the UTF-8 character to which the byte at offset `place` belongs. Returns
 * `place` if neither that byte nor one of the three before it begins a character.
 */
function characterAt(byteString: string, place: number): number {
  for (let at = place; at > place - 4; at--) if ((byteString.charCodeAt(at) & 0xc0) !== 0x80) return at;
  return place;
}

function readable(byteString: string): string {
  // Nearly all names are plain, and decoding takes ten times as long as this test.
  if (isPrintableAscii(byteString)) return byteString;
  return escaped(validUtf8(bytesOf(byteString)) ?? byteString.replace(/[\x80-\xff]/g, escapeOf));
}
