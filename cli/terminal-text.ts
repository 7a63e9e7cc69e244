import { printable } from '../core/page/text.ts';

/**
 * Makes the content of a text file safe for a terminal, chunk by chunk. Line ends and tabs stay. Other control
 * characters are escaped, and bytes that are not UTF-8 become U+FFFD.
 */
export class TerminalText {
  readonly #decoder = new TextDecoder();
  /**
   * The carriage return with which the last chunk ended; empty when it ended otherwise. It is kept back until the next
   * chunk shows whether a line feed follows.
   */
  #held = '';

  of(chunk: Uint8Array): string {
    const text = this.#held + this.#decoder.decode(chunk, { stream: true });
    this.#held = text.endsWith('\r') ? '\r' : '';
    return shown(text.slice(0, text.length - this.#held.length));
  }

  /**
   * Called after the last chunk. Returns the last characters of the file if they were held back until now: an escaped
   * carriage return, or U+FFFD for an incomplete UTF-8 sequence. Otherwise returns an empty text.
   */
  end(): string {
    return shown(this.#held + this.#decoder.decode());
  }
}

/**
 * Escapes control characters other than tabs and line ends. A carriage return without a line feed is escaped, too: it
 * would let a text overwrite its line.
 */
function shown(text: string): string {
  return text.replace(/[^\t\n\r]+|\r\n|\r/g, (run) => (run === '\r\n' ? run : printable(run)));
}

/** True for bytes that control a terminal: those below 0x20 except white space (0x09 to 0x0d), and 0x7f. */
export function isControl(byte: number): boolean {
  return (byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d)) || byte === 0x7f;
}
