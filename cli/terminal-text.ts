import { printable } from './print/text.ts';

/**
 * The text of a file as a terminal shows it, chunk after chunk. Lines and tabs stay. Whatever else does not print is escaped,
 * and bytes that are no UTF-8 become U+FFFD.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder();
  /** A carriage return at the end of a chunk: the line may end behind it. */
  #held = '';

  of(chunk: Uint8Array): string {
    const text = this.#held + this.#decoder.decode(chunk, { stream: true });
    this.#held = text.endsWith('\r') ? '\r' : '';
    return shown(text.slice(0, text.length - this.#held.length));
  }

  /** What is left after the last chunk. */
  end(): string {
    return shown(this.#held + this.#decoder.decode());
  }
}

/** A carriage return that ends no line would let the text after it hide the text before it. */
function shown(text: string): string {
  return text.replace(/[^\t\n\r]+|\r\n|\r/g, (run) => (run === '\r\n' ? run : printable(run)));
}

/** A byte that speaks to the terminal itself: anything below the space but tabs and the ends of lines and pages. */
export function isControl(byte: number): boolean {
  return (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) || byte === 0x7f;
}
