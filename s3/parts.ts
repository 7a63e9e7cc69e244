import { LadingError } from '../core/model/errors.ts';
import { isRecoded, partSize, type Plan, type PlanPart } from '../core/model/plan.ts';

/** A part of a plan that can be read on its own: new bytes, or a range of the upload. */
export type Slice = Exclude<PlanPart, { kind: 'recoded' }>;

/** A part of an S3 multipart upload: sent by the function, or copied by S3. */
export type S3Part =
  // Bytes that the function sends to S3: the slices in order, `size` bytes in all.
  | { kind: 'send'; slices: Slice[]; size: number }
  // Bytes of the upload that S3 copies itself, from `start` up to and without `end`.
  | { kind: 'copy'; start: number; end: number };

/** The way in which a planned image archive is stored in S3. */
export type Division =
  | { kind: 'put' } // in a single request
  // As a multipart upload of which S3 copies most parts from the upload.
  | { kind: 'splice'; parts: S3Part[] }
  // As a multipart upload of which all parts are sent, `partSize` bytes each: the plan can only be read in order.
  | { kind: 'stream'; partSize: number };

const MIB = 2 ** 20;

/** The rules for dividing a plan into the parts of an S3 upload. Sizes are in bytes. */
export interface PartRules {
  /** The size below which a plan is sent in one PUT request, because a multipart upload takes three more requests. */
  putBelow: number;
  /**
   * The smallest size that S3 allows for all parts but the last. S3 also copies ranges only from objects larger than
   * this.
   */
  minPart: number;
  maxPart: number;
  maxParts: number;
  /**
   * The wanted number of copied parts, and their smallest and largest size: small enough for S3 to copy several side by
   * side, large enough for few requests.
   */
  copyPart: { least: number; most: number; wanted: number };
  /**
   * The size to whose multiples long copies are cut. Stores such as Ceph keep objects in pieces of this size, and then
   * read each piece only once.
   */
  grid: number;
  /**
   * The size of parts that are sent. Each part is held in memory, so the size is only raised if `maxParts` demands it.
   */
  streamPart: number;
}

/**
 * The rules for Amazon S3: its own limits (User Guide, "multipart upload limits"), and the sizes chosen within them.
 */
export const S3_RULES: PartRules = {
  putBelow: 10 * MIB,
  minPart: 5 * MIB,
  maxPart: 5 * 1024 * MIB,
  maxParts: 10_000,
  copyPart: { least: 128 * MIB, most: 512 * MIB, wanted: 32 },
  grid: 4 * MIB, // Ceph's
  streamPart: 8 * MIB,
};

/**
 * Decides how to store a planned image archive in S3, and divides it into parts. Throws `too-large` if the rules do not
 * allow its size.
 */
export function divide(plan: Plan, rules: PartRules): Division {
  if (plan.size < rules.putBelow) return { kind: 'put' };
  if (isRecoded(plan)) {
    const least = streamPartSize(plan.size, rules);
    if (least > rules.maxPart) throw tooLarge(plan);
    return { kind: 'stream', partSize: least };
  }
  const parts = splice(plan, rules);
  if (parts.length > rules.maxParts || parts.some((part) => s3PartSize(part) > rules.maxPart)) throw tooLarge(plan);
  return { kind: 'splice', parts };
}

/** The smallest part size in which an object of `size` bytes can be sent to S3 within the allowed number of parts. */
export function streamPartSize(size: number, rules: PartRules): number {
  return Math.max(rules.streamPart, roundUp(size / rules.maxParts, MIB));
}

/** The exact size in bytes of a part of an S3 multipart upload. */
export function s3PartSize(part: S3Part): number {
  return part.kind === 'send' ? part.size : part.end - part.start;
}

/**
 * Divides a plan into parts that are sent and parts that S3 copies. It sends the bytes that are not in the upload, with
 * enough of the neighbouring ranges that each sent part has the smallest size.
 */
function splice(plan: Plan, rules: PartRules): S3Part[] {
  const parts: S3Part[] = [];
  let slices: Slice[] = [];
  let size = 0;
  const send = (slice: Slice): void => {
    slices.push(slice);
    size += partSize(slice);
  };
  const flush = (): void => {
    if (size > 0) parts.push({ kind: 'send', slices, size });
    slices = [];
    size = 0;
  };
  for (const part of plan.parts) {
    if (part.kind === 'recoded') continue;
    const lead = part.kind === 'range' && size > 0 ? leadOf(part, size, rules) : 0;
    const copies = part.kind === 'range' ? copyParts(part.start + lead, part.end, plan, rules) : [];
    if (part.kind === 'bytes' || copies.length === 0) send(part);
    else {
      if (lead > 0) send({ kind: 'range', start: part.start, end: part.start + lead });
      flush();
      for (const copy of copies) parts.push(copy);
    }
    if (size >= rules.streamPart) flush();
  }
  flush();
  return parts;
}

/**
 * The number of bytes from the beginning of a range that are sent together with the `size` bytes before it, instead of
 * being copied. They fill up the sent part to the smallest size, and in a long range to the next multiple of `grid`.
 */
function leadOf({ start, end }: { start: number; end: number }, size: number, rules: PartRules): number {
  const least = Math.max(0, rules.minPart - size);
  return end - start < rules.copyPart.least ? least : roundUp(start + least, rules.grid) - start;
}

/**
 * Divides a range of the upload into parts of nearly equal size for S3 to copy; none when S3 would not copy the range.
 */
function copyParts(start: number, end: number, plan: Plan, rules: PartRules): S3Part[] {
  const length = end - start;
  if (length < rules.minPart || end <= rules.minPart) return [];
  const { least, most, wanted } = rules.copyPart;
  const pleasant = Math.min(Math.max(length / wanted, least), most);
  // Two parts stay free for what is sent before and after.
  const largest = Math.max(pleasant, plan.size / (rules.maxParts - 2));
  const count = Math.ceil(length / largest);
  const grid = largest === pleasant ? rules.grid : 1; // parts at S3's limit have no room for it
  const cut = (index: number): number => {
    if (index === 0 || index === count) return index === 0 ? start : end;
    return roundUp(start + (index * length) / count, grid);
  };
  return Array.from({ length: count }, (_, index) => ({ kind: 'copy', start: cut(index), end: cut(index + 1) }));
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function tooLarge(plan: Plan): LadingError {
  return new LadingError('too-large', `Cannot store the image archive: S3 takes no object of ${plan.size} bytes`);
}
