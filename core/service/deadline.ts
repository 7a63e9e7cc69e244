import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import { isRecoded, type Plan } from '../model/plan.ts';

/** A kind of work on a whole upload that may not end in time, and the highest rate that it can have. */
export interface Labour {
  task: Bilingual;
  bytesPerSecond: number;
  /** True when the last bytes of the upload may still expand for minutes after all were read. */
  expands: boolean;
}

/** The progress of work on `size` bytes: bytes done, and the time that it took and that is left, in milliseconds. */
export interface Progress {
  size: number;
  done: number;
  elapsed: number;
  left: number;
}

export const READING: Labour = { task: both('read', '读完'), bytesPerSecond: LIMITS.readBytesPerSecond, expands: true };

const CONVERTED = both('converted', '转换完');

/** The work of making an image archive. Parts that S3 cannot copy are sent, which is no faster than reading. */
export function making(plan: Plan): Labour {
  const { readBytesPerSecond, copyBytesPerSecond } = LIMITS;
  return { task: CONVERTED, bytesPerSecond: isRecoded(plan) ? readBytesPerSecond : copyBytesPerSecond, expands: false };
}

/** The milliseconds kept for the work after an upload's last byte: to write small results, or to take a quick look. */
const FINISH_MS = 15_000;

/** The milliseconds after which the measured rate counts. Before, it is mostly the time of the first connections. */
const MEASURED_MS = 30_000;

/** The factor by which work may exceed the time left before it is given up, because the network's rate varies. */
const PATIENCE = 1.25;

/**
 * The finding that work on an upload cannot end in time; null when it can. At first its rate is taken to be better than
 * any that was ever measured, later it is the measured one.
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

/** Measures work on `size` bytes from now on, and tells when too little time is left. `timeLeft` is in milliseconds. */
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

  /** Notes how many bytes are done. Throws `bad-archive` (finding `no-time`) when the rest cannot be done in time. */
  check(done: number): void {
    this.done = done;
    const late = this.verdict();
    if (late !== null) throw badArchive(late);
  }
}

/** The finding of work that was given up for lack of time; null for any other error. */
export function givenUp(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'no-time' ? error.finding : null;
}
