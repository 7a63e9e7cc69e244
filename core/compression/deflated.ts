import type { Bytes, Tools } from '../model/ports.ts';
import type { BarrenInput } from './barren-input.ts';
import { type CompressedReader, FIRST_INPUT } from './compressed-reader.ts';

/**
 * Functions that make the errors for a deflate stream: `truncated` for one that ends too early, `damaged` for one that
 * a decompressor refuses with the error `cause`.
 */
interface Faults {
  truncated(): Error;
  damaged(cause: unknown): Error;
}

/**
 * Yields the content of the deflate stream (RFC 1951) at the reader's position, and stops reading exactly after the
 * stream. `barren` limits the data that gives no content. `firstInput` is the most bytes that the decompressor gets in
 * its first call; the number doubles with each call. Throws the errors that `faults` makes.
 */
export async function* deflated(
  reader: CompressedReader,
  tools: Tools,
  barren: BarrenInput,
  faults: Faults,
  firstInput = FIRST_INPUT,
): Bytes {
  const inflate = tools.newInflate();
  try {
    for (let most = firstInput; !inflate.ended; most *= 2) {
      const input = (await reader.chunk())?.subarray(0, most);
      if (input === undefined) throw faults.truncated();
      let given = 0;
      try {
        for await (const output of inflate.push(input)) {
          given += output.length;
          yield output;
        }
      } catch (cause) {
        throw faults.damaged(cause);
      }
      const read = input.length - inflate.unused;
      reader.consume(read);
      // Without a promise where none is needed: an upload may hold a hundred thousand tiny streams.
      const turn = barren.add(read, given);
      if (turn !== undefined) await turn;
    }
  } finally {
    inflate.close();
  }
}
