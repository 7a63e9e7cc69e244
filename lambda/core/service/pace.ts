import { badArchive } from '../errors.ts';
import { type Finding, finding } from '../findings.ts';
import { LIMITS } from '../limits.ts';

/** How far the reading of an upload is, and how long it may go on; times in milliseconds. */
export interface Progress {
  size: number;
  read: number;
  elapsed: number;
  left: number;
}

/** What is to be done after the last byte: a quick look where it comes too late, and writing some small objects. */
const FINISH_MS = 15_000;

/** A measured rate counts from here on: before that it is mostly the first connections. */
const MEASURED_MS = 30_000;

/** The network is uneven: reading stops only when it would take so much longer than there is time. */
const PATIENCE = 1.25;

/**
 * Why the rest of an upload cannot be read in time; null while there is hope. Before the first byte the rate is taken to be
 * better than any that was ever seen, later it is the measured one.
 */
export function outOfTime({ size, read, elapsed, left }: Progress): Finding | null {
  const measured = elapsed >= MEASURED_MS;
  const rate = measured ? read / elapsed : LIMITS.readBytesPerSecond / 1000;
  const needed = (size - read) / rate;
  const usable = left - FINISH_MS;
  if (read >= size || (usable > 0 && needed <= usable * (measured ? PATIENCE : 1))) return null;
  return finding('no-time', {
    size,
    rate: Math.round(rate / 1000),
    needed: Math.ceil((elapsed + needed) / 60_000),
    time: Math.floor((elapsed + left) / 60_000),
  });
}

/** Watches over the reading of an upload of `size` bytes, from now on; `timeLeft` is in milliseconds. */
export class Pace {
  readonly #size: number;
  readonly #timeLeft: () => number;
  readonly #allowed: number;
  read = 0;

  constructor(size: number, timeLeft: () => number) {
    this.#size = size;
    this.#timeLeft = timeLeft;
    this.#allowed = timeLeft();
  }

  verdict(): Finding | null {
    const left = this.#timeLeft();
    return outOfTime({ size: this.#size, read: this.read, elapsed: this.#allowed - left, left });
  }

  /** Throws `bad-archive` (no-time) when it is no use to read on. */
  check(read: number): void {
    this.read = read;
    const late = this.verdict();
    if (late !== null) throw badArchive(late);
  }
}
