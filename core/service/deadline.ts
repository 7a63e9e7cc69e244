import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import { isRecoded, type Plan } from '../model/plan.ts';

/** A kind of work on a whole upload, such as reading it, for which time may run out, and its highest possible speed. */
export interface WorkKind {
  task: Bilingual;
  bytesPerSecond: number;
  /** True for work that decompresses the upload. It may go on for minutes after the last byte was read. */
  expands: boolean;
}

/** The progress of work on an upload of `size` bytes: the bytes done, and the time spent and left in milliseconds. */
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
 * Describes the work of making an image archive from a plan, the list of its parts. Its highest possible speed is that
 * at which S3 copies parts. If a part must be decompressed or compressed first, it is that of reading an upload.
 */
export function making(plan: Plan): WorkKind {
  const { readBytesPerSecond, copyBytesPerSecond } = LIMITS;
  return { task: CONVERTED, bytesPerSecond: isRecoded(plan) ? readBytesPerSecond : copyBytesPerSecond, expands: false };
}

/** The work of merging layers into one layer, which is not written: only its checksums are computed. */
export const REWRITING: WorkKind = { task: CONVERTED, bytesPerSecond: LIMITS.rewriteBytesPerSecond, expands: false };

/**
 * The milliseconds of a function's time that must be left once an upload was read. In them, the results are written or,
 * if the upload cannot be read in time, only its headers and documents are read.
 */
const FINISH_MS = 15_000;

/** The milliseconds after which the measured speed of work counts. Before that, connecting takes most of the time. */
const MEASURED_MS = 30_000;

/**
 * A factor for the time that is left. Work is given up if the rest of it needs longer than the time left times this
 * factor. The factor is above 1 because the network's speed varies.
 */
const PATIENCE = 1.25;

/**
 * The finding that work on an upload cannot end in time; null when it can. At first, the work is assumed to have its
 * highest possible speed. Later, its measured speed counts.
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
 * Measures the speed of work on an upload of `size` bytes, and tells when the rest cannot be done in time. `timeLeft`
 * returns the milliseconds that are left.
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

  /** Notes how many bytes of the upload are done. Throws `bad-archive` (finding `no-time`) if time will run out. */
  check(done: number): void {
    this.done = done;
    const late = this.refusal();
    if (late !== null) throw badArchive(late);
  }
}

/** The finding in an error that was thrown because the work would take too long; null for any other error. */
export function givenUp(error: unknown): Finding | null {
  return error instanceof LadingError && error.finding?.code === 'no-time' ? error.finding : null;
}
