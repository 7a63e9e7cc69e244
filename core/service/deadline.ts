import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import { isRecoded, type Plan } from '../model/plan.ts';

/**
 * A kind of work on a whole upload, such as reading it, and the highest speed that this work can have. The speed is
 * used to predict whether the work can end in time.
 */
export interface WorkKind {
  task: Bilingual;
  bytesPerSecond: number;
  /**
   * True for work that decompresses the upload. It may go on for minutes after the last byte of the upload was read.
   */
  expands: boolean;
}

/**
 * The progress of work on an upload of `size` bytes: the number of bytes that are done, the elapsed time and the
 * remaining time, both in milliseconds.
 */
export interface Progress {
  size: number;
  done: number;
  elapsed: number;
  left: number;
}

export const READING: WorkKind = {
  task: both('read', '读完'),
  bytesPerSecond: LIMITS.readBytesPerSecond,
  expands: true,
};

const CONVERTED = both('converted', '转换完');

/**
 * Describes the work of making an image archive from a plan, the list of its parts. The highest possible speed of this
 * work is the speed at which S3 copies parts. If a part must be decompressed, compressed or made from layers first, it
 * is the speed at which an upload is read.
 */
export function making(plan: Plan): WorkKind {
  const { readBytesPerSecond, copyBytesPerSecond } = LIMITS;
  return { task: CONVERTED, bytesPerSecond: isRecoded(plan) ? readBytesPerSecond : copyBytesPerSecond, expands: false };
}

/** The work of merging layers into one layer, which is not written: only its checksums are computed. */
export const REWRITING: WorkKind = { task: CONVERTED, bytesPerSecond: LIMITS.rewriteBytesPerSecond, expands: false };

/**
 * The milliseconds that the inspect or convert function must still have when its work on an upload ends. The function
 * needs them to write the results. If an upload cannot be read in time, the function also needs them to read only the
 * headers and documents of the upload. Work that would leave less time is stopped.
 */
const FINISH_MS = 15_000;

/**
 * The milliseconds for which an upload must have been read before its speed is used to predict how long the rest
 * takes. Before that, the measured speed is too low, because connecting takes most of the time. The highest possible
 * speed is used instead.
 */
const MEASURED_MS = 30_000;

/**
 * The factor by which the predicted time for the rest of the work may exceed the time that is left. When the
 * prediction is longer, the work is stopped. The factor only applies to predictions from the measured speed. It is
 * above 1 because the speed of the network varies.
 */
const PATIENCE = 1.25;

/**
 * Returns the finding (a message for the user) that work on an upload cannot end in time; null when it can. In the
 * first `MEASURED_MS` milliseconds, the prediction uses the highest possible speed of the work. After that, it uses
 * the speed that was measured so far.
 */
export function outOfTime(
  { task, bytesPerSecond, expands }: WorkKind,
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

/**
 * Measures the speed of work on an upload of `size` bytes, and predicts whether the rest can be done in time. The
 * callback `timeLeft` returns the milliseconds until the work must have ended; by default, there is no limit.
 */
export class Pace {
  readonly #work: WorkKind;
  readonly #size: number;
  readonly #timeLeft: () => number;
  readonly #allowed: number;
  done = 0;

  constructor(work: WorkKind, size: number, timeLeft: () => number = () => Infinity) {
    this.#work = work;
    this.#size = size;
    this.#timeLeft = timeLeft;
    this.#allowed = timeLeft();
  }

  refusal(): Finding | null {
    const left = this.#timeLeft();
    return outOfTime(this.#work, { size: this.#size, done: this.done, elapsed: this.#allowed - left, left });
  }

  /**
   * Records `done`, the number of bytes of the upload that are done so far. Throws `bad-archive` (finding `no-time`)
   * if the rest of the work cannot be done in time.
   */
  check(done: number): void {
    this.done = done;
    const late = this.refusal();
    if (late !== null) throw badArchive(late);
  }
}

/** Returns the finding in an error that was thrown because the work would take too long; null for any other error. */
export function givenUp(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'no-time' ? error.finding : null;
}
