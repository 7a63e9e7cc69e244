import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import { isRecoded, type Plan } from '../model/plan.ts';

/** What is done with an upload for a while, and how fast at the very best. */
export interface Labour {
  task: Bilingual;
  bytesPerSecond: number;
}

/** How far a labour of `size` bytes is, and how long it may go on; times in milliseconds. */
export interface Progress {
  size: number;
  done: number;
  elapsed: number;
  left: number;
}

export const READING: Labour = { task: both('read', '读完'), bytesPerSecond: LIMITS.readBytesPerSecond };

const CONVERTED = both('converted', '转换完');

/** What S3 cannot copy passes through the function, which sends no faster than it reads. */
export function making(plan: Plan): Labour {
  const { readBytesPerSecond, copyBytesPerSecond } = LIMITS;
  return { task: CONVERTED, bytesPerSecond: isRecoded(plan) ? readBytesPerSecond : copyBytesPerSecond };
}

/** What is to be done after the last byte: a quick look where it comes too late, and writing some small objects. */
const FINISH_MS = 15_000;

/** A measured rate counts from here on: before that it is mostly the first connections. */
const MEASURED_MS = 30_000;

/** The network is uneven: a labour is given up only when it would take so much longer than there is time. */
const PATIENCE = 1.25;

/**
 * Why the rest cannot be done in time; null while there is hope. Before the first byte the rate is taken to be
 * better than any that was ever seen, later it is the measured one.
 */
export function outOfTime({ task, bytesPerSecond }: Labour, { size, done, elapsed, left }: Progress): Finding | null {
  const measured = elapsed >= MEASURED_MS;
  const rate = measured ? done / elapsed : bytesPerSecond / 1000;
  const needed = (size - done) / rate;
  const usable = left - FINISH_MS;
  if (done >= size || (usable > 0 && needed <= usable * (measured ? PATIENCE : 1))) return null;
  return finding('no-time', {
    task,
    size,
    rate: Math.round(rate / 1000),
    needed: Math.ceil((elapsed + needed) / 60_000),
    time: Math.floor((elapsed + left) / 60_000),
  });
}

/** Watches over a labour of `size` bytes, from now on; `timeLeft` is in milliseconds. */
export class Pace {
  readonly #labour: Labour;
  readonly #size: number;
  readonly #timeLeft: () => number;
  readonly #allowed: number;
  done = 0;

  constructor(labour: Labour, size: number, timeLeft: () => number = () => Infinity) {
    this.#labour = labour;
    this.#size = size;
    this.#timeLeft = timeLeft;
    this.#allowed = timeLeft();
  }

  verdict(): Finding | null {
    const left = this.#timeLeft();
    return outOfTime(this.#labour, { size: this.#size, done: this.done, elapsed: this.#allowed - left, left });
  }

  /** Throws `bad-archive` (no-time) when it is no use to go on. */
  check(done: number): void {
    this.done = done;
    const late = this.verdict();
    if (late !== null) throw badArchive(late);
  }
}

/** The finding when a labour was given up by its pace; null for any other failure. */
export function givenUp(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'no-time' ? error.finding : null;
}
