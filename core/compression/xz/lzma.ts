import { enlarged } from '../../model/byte-arrays.ts';
import { RangeDecoder } from './range-decoder.ts';

// Offsets of the probability tables in the one array that holds them all.
const IS_MATCH = 0; // by state and position
const IS_REPEAT = IS_MATCH + 12 * 16; // by state, as are the next three
const IS_REPEAT_0 = IS_REPEAT + 12;
const IS_REPEAT_1 = IS_REPEAT_0 + 12;
const IS_REPEAT_2 = IS_REPEAT_1 + 12;
const IS_LONG_REPEAT = IS_REPEAT_2 + 12; // by state and position
const DISTANCE_SLOT = IS_LONG_REPEAT + 12 * 16; // by length
const DISTANCE_MIDDLE = DISTANCE_SLOT + 4 * 64;
const DISTANCE_ALIGN = DISTANCE_MIDDLE + 128;
const LENGTH = DISTANCE_ALIGN + 16; // of a match: two choices, 16 × 8 short, 16 × 8 medium, 256 long
const REPEAT_LENGTH = LENGTH + 2 + 16 * 8 + 16 * 8 + 256;
const LITERAL = REPEAT_LENGTH + 2 + 16 * 8 + 16 * 8 + 256;
const LITERAL_CODER = 0x300;

/**
 * The lowest of LZMA's states in which the last symbol was a match; in lower states it was a literal. A state is a
 * number that records the kinds of the last symbols.
 */
const AFTER_MATCH = 7;

/** An LZMA match of at least this many bytes is copied by `copyWithin`. A loop is faster for shorter ones. */
const LONG = 64;

/**
 * When content is moved inside LZMA's window, it moves by a multiple of this number of bytes. Probabilities depend on
 * the lowest four bits of a position, which must not change.
 */
const ALIGNMENT = 16;

/**
 * The least number of bytes by which LZMA's window, at its full size, is larger than the dictionary. The difference is
 * larger than a chunk (2 MiB), so that the content does not have to be moved for each chunk.
 */
const MIN_SLIDE = 2 ** 23;
/**
 * The most bytes by which LZMA's window is larger than the dictionary. With more, content would be moved less often, but
 * the largest dictionaries would take even more memory.
 */
const MAX_SLIDE = 2 ** 24;

/** The most bytes that an LZMA match copies, by the format. */
const LONGEST_MATCH = 273;

/** The distance of a match, minus one, that marks the end of LZMA data. No real match has this distance. */
const END_MARK = 0xffffffff;

const NOTHING = new Uint8Array();

/**
 * An LZMA decoder. It writes the content into a window in memory, which is also the dictionary from which matches copy.
 */
export class Lzma {
  /** The number of symbols (literals and matches) that were decoded so far. */
  symbols = 0;
  #dictionary = 0;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array();
  readonly #coder = new RangeDecoder(LITERAL + LITERAL_CODER * 16);
  /** The index in LZMA's window at which the dictionary begins. */
  #start = 0;
  /** The index in LZMA's window of the next byte to write. */
  #position = 0;
  #state = 0;
  #repeat0 = 0;
  #repeat1 = 0;
  #repeat2 = 0;
  #repeat3 = 0;
  #literalContext = 0;
  #literalMask = 0;
  #positionMask = 0;

  /** Begins LZMA data with an empty dictionary, which grows to at most `dictionary` bytes. */
  begin(dictionary: number): void {
    this.#dictionary = dictionary;
    this.forget();
  }

  /**
   * Gives back the memory of LZMA's window at once. All views of the window become empty. The garbage collector would
   * give it back too, but often only after another decoder has taken as much.
   */
  close(): void {
    this.#window.buffer.transfer(0);
    this.#window = new Uint8Array();
  }

  /** Empties the LZMA dictionary, and keeps its size. */
  forget(): void {
    this.#start = 0;
    this.#position = 0;
  }

  /** Sets LZMA's properties (lc, lp and pb) from the byte that encodes them. Returns false when the byte is invalid. */
  setProperties(byte: number): boolean {
    const literalContext = byte % 9;
    const literalPosition = Math.trunc(byte / 9) % 5;
    this.#literalContext = literalContext;
    this.#literalMask = (1 << literalPosition) - 1;
    this.#positionMask = (1 << Math.trunc(byte / 45)) - 1;
    return byte < 225 && literalContext + literalPosition <= 4;
  }

  resetState(): void {
    this.#coder.reset();
    this.#state = 0;
    this.#repeat0 = 0;
    this.#repeat1 = 0;
    this.#repeat2 = 0;
    this.#repeat3 = 0;
  }

  /**
   * Appends bytes that LZMA2 stores uncompressed to LZMA's window. Returns them as a view of the window, which is valid
   * until the next call.
   */
  append(bytes: Uint8Array): Uint8Array {
    this.#makeRoom(bytes.length);
    this.#window.set(bytes, this.#position);
    this.#position += bytes.length;
    return this.#window.subarray(this.#position - bytes.length, this.#position);
  }

  /**
   * Decodes an LZMA chunk, `packed`, of at most 64 KiB. Returns its content, exactly `size` bytes, as a view of the
   * window, which is valid until the next call. Returns null if the chunk is corrupt.
   */
  decode(packed: Uint8Array, size: number): Uint8Array | null {
    this.#makeRoom(size);
    const from = this.#position;
    const end = from + size;
    const valid = this.#coder.begin(packed) && this.#symbols(end, end) && this.#position === end;
    return valid && this.#coder.finished ? this.#window.subarray(from, end) : null;
  }

  /**
   * Begins LZMA data that is not divided into chunks. `head` is its first five bytes. Returns false when they are
   * invalid.
   */
  start(head: Uint8Array): boolean {
    this.resetState();
    const valid = this.#coder.begin(head);
    this.#coder.feed(NOTHING);
    return valid;
  }

  /**
   * Adds input to LZMA data that is not divided into chunks. Returns the number of bytes that were taken from the
   * input; the caller must pass the others again. The caller passes null when there is no more input.
   */
  feed(input: Uint8Array | null): number {
    return this.#coder.feed(input);
  }

  /** True when LZMA data without chunks needs more input before it can go on. */
  get starved(): boolean {
    return this.#coder.starved;
  }

  /** True when LZMA data without chunks has ended inside a symbol. */
  get overrun(): boolean {
    return this.#coder.overrun;
  }

  /** True when LZMA data without chunks may end after the symbol that was decoded last. */
  get canEnd(): boolean {
    return this.#coder.empty;
  }

  /** The bytes of the LZMA data without chunks that were fed and not used. */
  get unused(): Uint8Array {
    return this.#coder.unused;
  }

  /**
   * Decodes LZMA data that is not divided into chunks. Stops when at least `enough` bytes of content were decoded, when
   * the input is used up, or when the data ends. The result's `content` is a view of the window, of at most `most`
   * bytes. Its `end` is `marked` after an end mark, and `open` when the data may go on. It is `damaged` after an
   * invalid symbol, such as a match that goes beyond `most` bytes.
   */
  next(enough: number, most: number): { content: Uint8Array; end: 'open' | 'marked' | 'damaged' } {
    this.#makeRoom(Math.min(most, enough + LONGEST_MATCH));
    const from = this.#position;
    const valid = this.#symbols(from + Math.min(enough, most), from + most);
    const end = valid ? 'open' : this.#repeat0 === END_MARK ? 'marked' : 'damaged';
    return { content: this.#window.subarray(from, this.#position), end };
  }

  /**
   * Makes room in LZMA's window for `size` more bytes. The window grows at first. Once it has its full size, old
   * content is dropped instead, but never that of the dictionary.
   */
  #makeRoom(size: number): void {
    const needed = this.#position + size;
    if (needed <= this.#window.length) return;
    const full = this.#dictionary + Math.min(MAX_SLIDE, Math.max(MIN_SLIDE, this.#dictionary / 4));
    if (needed <= full) {
      this.#window = enlarged(this.#window, needed > MIN_SLIDE / 2 ? full : 2 * needed);
      return;
    }
    const slide = Math.floor((this.#position - this.#dictionary) / ALIGNMENT) * ALIGNMENT;
    this.#window.copyWithin(0, slide, this.#position);
    this.#position -= slide;
    this.#start = Math.max(0, this.#start - slide);
  }

  /**
   * Decodes LZMA symbols until the content in the window reaches the offset `enough`, or the input is used up. Returns
   * false for the end mark and for an invalid symbol, such as a match that goes beyond the offset `limit`.
   */
  #symbols(enough: number, limit: number): boolean {
    while (this.#position < enough && !this.#coder.starved) {
      this.symbols++;
      const place = this.#position & this.#positionMask;
      if (this.#coder.bit(IS_MATCH + (this.#state << 4) + place) === 0) this.#literal();
      else if (!this.#copy(this.#match(place), limit)) return false;
    }
    return true;
  }

  #literal(): void {
    const position = this.#position;
    const previous = position > this.#start ? this.#window[position - 1]! : 0;
    const context = ((position & this.#literalMask) << this.#literalContext) + (previous >> (8 - this.#literalContext));
    const table = LITERAL + LITERAL_CODER * context;
    const state = this.#state;
    this.#window[position] =
      state < AFTER_MATCH
        ? this.#coder.tree(table, 0x100)
        : this.#coder.byteUnlike(this.#window[position - this.#repeat0 - 1]!, table);
    this.#position = position + 1;
    this.#state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
  }

  /**
   * Decodes an LZMA match. Returns its length in bytes, and puts its distance minus one into `#repeat0`. `place` is the
   * lowest bits of the position of the match, which select the probabilities.
   */
  #match(place: number): number {
    const state = this.#state;
    if (this.#coder.bit(IS_REPEAT + state) === 0) {
      this.#repeat3 = this.#repeat2;
      this.#repeat2 = this.#repeat1;
      this.#repeat1 = this.#repeat0;
      const length = this.#length(LENGTH, place);
      this.#repeat0 = this.#distance(length);
      this.#state = state < AFTER_MATCH ? 7 : 10;
      return length;
    }
    if (this.#coder.bit(IS_REPEAT_0 + state) === 1) this.#swapRepeats(state);
    else if (this.#coder.bit(IS_LONG_REPEAT + (state << 4) + place) === 0) {
      this.#state = state < AFTER_MATCH ? 9 : 11;
      return 1;
    }
    this.#state = state < AFTER_MATCH ? 8 : 11;
    return this.#length(REPEAT_LENGTH, place);
  }

  /**
   * Decodes which of the three older distances among LZMA's last four match distances is used again. Moves that
   * distance to the front, to `#repeat0`. `state` records the kinds of the last symbols, and selects the probabilities.
   */
  #swapRepeats(state: number): void {
    let distance = this.#repeat1;
    if (this.#coder.bit(IS_REPEAT_1 + state) === 1) {
      distance = this.#repeat2;
      if (this.#coder.bit(IS_REPEAT_2 + state) === 1) {
        distance = this.#repeat3;
        this.#repeat3 = this.#repeat2;
      }
      this.#repeat2 = this.#repeat1;
    }
    this.#repeat1 = this.#repeat0;
    this.#repeat0 = distance;
  }

  #length(table: number, place: number): number {
    if (this.#coder.bit(table) === 0) return 2 + this.#coder.tree(table + 2 + (place << 3), 8);
    if (this.#coder.bit(table + 1) === 0) return 10 + this.#coder.tree(table + 130 + (place << 3), 8);
    return 18 + this.#coder.tree(table + 258, 256);
  }

  #distance(length: number): number {
    const slot = this.#coder.tree(DISTANCE_SLOT + (Math.min(length - 2, 3) << 6), 64);
    if (slot < 4) return slot;
    const bits = (slot >> 1) - 1;
    const high = (2 | (slot & 1)) << bits;
    if (slot < 14) return high + this.#coder.reverseTree(DISTANCE_MIDDLE + high - slot, bits);
    return (high + (this.#coder.evenBits(bits - 4) << 4) + this.#coder.reverseTree(DISTANCE_ALIGN, 4)) >>> 0;
  }

  #copy(length: number, limit: number): boolean {
    const window = this.#window;
    const distance = this.#repeat0 + 1;
    const end = this.#position + length;
    if (distance > this.#position - this.#start || distance > this.#dictionary || end > limit) return false;
    if (length < LONG) {
      // The copy goes byte by byte, because a match may overlap its own output.
      for (let to = this.#position, from = to - distance; to < end;) window[to++] = window[from++]!;
    } else {
      this.#copyLong(distance, end);
    }
    this.#position = end;
    return true;
  }

  /**
   * Copies a long LZMA match inside the window, to the offsets from the current position up to `end`. The bytes to copy
   * begin `distance` bytes before the current position. If the match overlaps its own copy, each step copies twice as
   * much as the step before.
   */
  #copyLong(distance: number, end: number): void {
    const from = this.#position - distance;
    for (let to = this.#position; to < end; to += to - from) {
      this.#window.copyWithin(to, from, Math.min(to, from + end - to));
    }
  }
}
