import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import { isRecoded, type Plan } from '../model/plan.ts';

/** A long task with an upload, and its best possible rate. */
export interface Labour {
  task: Bilingual;
  bytesPerSecond: number;
  /** True where the last bytes may expand for minutes, so that there is still work when all are read. */
  expands: boolean;
}

/** The progress of a task of `size` bytes, and the time that is left for it. Times are in milliseconds. */
export interface Progress {
  size: number;
  done: number;
  elapsed: number;
  left: number;
}

export const READING: Labour = { task: both('read', '读完'), bytesPerSecond: LIMITS.readBytesPerSecond, expands: true };

const CONVERTED = both('converted', '转换完');

/** The task of making an image archive. Parts that S3 cannot copy are sent, which is no faster than reading. */
export function making(plan: Plan): Labour {
  const { readBytesPerSecond, copyBytesPerSecond } = LIMITS;
  return { task: CONVERTED, bytesPerSecond: isRecoded(plan) ? readBytesPerSecond : copyBytesPerSecond, expands: false };
}

/** Milliseconds for the work after the last byte: some small objects, or a quick look in place of a whole reading. */
const FINISH_MS = 15_000;

/** Milliseconds after which the measured rate is used. Before that it is mostly the time of the first connections. */
const MEASURED_MS = 30_000;

/** The factor by which a task may exceed the time that is left before it is given up, as the network's rate varies. */
const PATIENCE = 1.25;

/**
 * The finding that a task cannot be done in time; null while it can. At first the rate is taken to be better than any
 * that was ever measured, later it is the measured one.
 */
export function outOfTime(
  { task, bytesPerSecond, expands }: Labour,
  { size, done, elapsed, left }: Progress,
): Finding | null {
  const measured = elapsed >= MEASURED_MS;
  const rate = measured ? done / elapsed : bytesPerSecond / 1000;
  const needed = (size - done) / rate;
  const usable = left - FINISH_MS;
  if (done >= size && (!expands || usable > 0)) return null;
  if (usable > 0 && needed <= usable * (measured ? PATIENCE : 1)) return null;
  return finding('no-time', {
    task,
    size,
    rate: Math.round(rate / 1000),
    needed: Math.ceil((elapsed + needed) / 60_000),
    time: Math.floor((elapsed + left) / 60_000),
  });
}

/** Measures a task of `size` bytes from now on, and tells when its time is too short. `timeLeft` is in milliseconds. */
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

  /** Notes the bytes done. Throws `bad-archive` (finding `no-time`) when the rest cannot be done in time. */
  check(done: number): void {
    this.done = done;
    const late = this.verdict();
    if (late !== null) throw badArchive(late);
  }
}

/** The finding of a task that was given up for lack of time; null for any other error. */
export function givenUp(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'no-time' ? error.finding : null;
}
