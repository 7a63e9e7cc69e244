import { LadingError } from '../core/model/errors.ts';
import { isRecoded, partSize, type Plan, type PlanPart } from '../core/model/plan.ts';

/** A stretch of an image archive that needs no compression or decompression: new bytes, or a range of the upload. */
export type Slice = Exclude<PlanPart, { kind: 'recoded' | 'rewritten' }>;

/** A part of an S3 multipart upload. Its bytes are sent, or S3 copies them from the upload. */
export type S3Part =
  // Bytes that the function sends to S3: the slices in order, `size` bytes in all.
  | { kind: 'send'; slices: Slice[]; size: number }
  // Bytes of the upload that S3 copies itself, from `start` up to and without `end`.
  | { kind: 'copy'; start: number; end: number };

/** The way in which an image archive is stored in S3: in one request, or in parts. */
export type Division =
  | { kind: 'put' } // in a single request
  // As a multipart upload of which S3 copies most parts from the upload.
  | { kind: 'splice'; parts: S3Part[] }
  // As a multipart upload of which all parts are sent, `partSize` bytes each: the plan can only be read in order.
  | { kind: 'stream'; partSize: number };

const MIB = 2 ** 20;

/** The rules for dividing an image archive into the parts of an S3 multipart upload. Sizes are in bytes. */
export interface PartRules {
  /** Image archives below this size are sent in one PUT request: a multipart upload takes three more requests. */
  putBelow: number;
  /**
   * The smallest size of a part that S3 allows; only the last part may be smaller. S3 copies a range of an object only
   * if the object is larger than this size.
   */
  minPart: number;
  maxPart: number;
  maxParts: number;
  /**
   * The rules for dividing a range into parts that S3 copies. `wanted` is the number of parts to aim for; `least` and
   * `most` are the smallest and the largest size of a part. Parts must be small enough that S3 copies several at the
   * same time, and large enough that there are few requests.
   */
  copyPart: { least: number; most: number; wanted: number };
  /**
   * In a long range that S3 copies in parts, all parts but the first begin at a multiple of this size in the copied
   * object. S3-compatible stores such as Ceph keep objects in pieces of this size. When parts begin where pieces begin,
   * such a store reads each piece only once.
   */
  grid: number;
  /**
   * The size in bytes of the parts of an archive that is sent as a whole. Where S3 copies ranges, a part that is sent
   * ends as soon as it has this size. Each is held in memory, so larger parts are used only when there would be more
   * than `maxParts` otherwise.
   */
  streamPart: number;
}

/**
 * The rules for storing image archives in Amazon S3: its own limits (User Guide, "multipart upload limits"), and sizes
 * chosen within them.
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
 * Decides how to store an image archive in S3, and divides it into parts. `borders` are the offsets in the upload at
 * which its objects begin: S3 copies each part from one object. Throws `too-large` if S3 cannot store an object of that
 * size.
 */
export function divide(plan: Plan, rules: PartRules, borders: readonly number[] = [0]): Division {
  if (plan.size < rules.putBelow) return { kind: 'put' };
  if (isRecoded(plan)) {
    const least = streamPartSize(plan.size, rules);
    if (least > rules.maxPart) throw tooLarge(plan);
    return { kind: 'stream', partSize: least };
  }
  const parts = splice(plan, rules, borders);
  if (parts.length > rules.maxParts || parts.some((part) => s3PartSize(part) > rules.maxPart)) throw tooLarge(plan);
  return { kind: 'splice', parts };
}

/**
 * The size in bytes of the parts that are sent for an object of `size` bytes. It is `rules.streamPart`, or more if
 * there would be more parts than S3 allows.
 */
export function streamPartSize(size: number, rules: PartRules): number {
  return Math.max(rules.streamPart, roundUp(size / rules.maxParts, MIB));
}

/** The exact size in bytes of a part of an S3 multipart upload. */
export function s3PartSize(part: S3Part): number {
  return part.kind === 'send' ? part.size : part.end - part.start;
}

/**
 * Divides an image archive into parts that are sent, and parts that S3 copies from the upload. Bytes of the image
 * archive that do not come from the upload are always sent. If they are fewer than the smallest part that S3 allows,
 * bytes next to them that come from the upload are sent in the same part. Ranges of the upload that are too small to be
 * copied are sent, too.
 */
function splice(plan: Plan, rules: PartRules, borders: readonly number[]): S3Part[] {
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
  for (const part of cutAt(borders, plan)) {
    const border = part.kind === 'range' ? (borders.findLast((each) => each <= part.start) ?? 0) : 0;
    const lead = part.kind === 'range' && size > 0 ? leadOf(part, border, size, rules) : 0;
    const copies = part.kind === 'range' ? copyParts(part.start + lead, part.end, border, plan, rules) : [];
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
 * Yields the new bytes and the ranges of the upload that make up an image archive, in order. A range is cut at each of
 * the `borders`, the offsets in the upload at which its objects begin, so that it lies within one object.
 */
function* cutAt(borders: readonly number[], { parts }: Plan): Generator<Slice> {
  for (const part of parts) {
    if (part.kind === 'recoded' || part.kind === 'rewritten') continue;
    if (part.kind === 'bytes') yield part;
    else {
      let { start } = part;
      for (const end of [...borders.filter((each) => each > part.start && each < part.end), part.end]) {
        yield { kind: 'range', start, end };
        start = end;
      }
    }
  }
}

/**
 * The number of bytes at the beginning of a range of the upload that are sent instead of copied; S3 copies the rest of
 * the range. They are sent in a part that already has `size` bytes, so that this part reaches the smallest size that S3
 * allows. In a long range, more bytes may be sent, so that the rest begins at a multiple of `grid` in its S3 object.
 * `border` is the offset in the upload at which this object begins.
 */
function leadOf(
  { start, end }: { start: number; end: number },
  border: number,
  size: number,
  rules: PartRules,
): number {
  const least = Math.max(0, rules.minPart - size);
  return end - start < rules.copyPart.least ? least : roundUp(start - border + least, rules.grid) - (start - border);
}

/**
 * Divides a range of the upload into parts of nearly equal size that S3 copies. Empty when the range, or the object
 * that has it, is too small for that. `border` is the offset in the upload at which this object begins.
 */
function copyParts(start: number, end: number, border: number, plan: Plan, rules: PartRules): S3Part[] {
  const length = end - start;
  if (length < rules.minPart || end - border <= rules.minPart) return [];
  const { least, most, wanted } = rules.copyPart;
  const pleasant = Math.min(Math.max(length / wanted, least), most);
  // Two parts stay free for what is sent before and after.
  const largest = Math.max(pleasant, plan.size / (rules.maxParts - 2));
  const count = Math.ceil(length / largest);
  const grid = largest === pleasant ? rules.grid : 1; // parts at S3's limit have no room for it
  const cut = (index: number): number => {
    if (index === 0 || index === count) return index === 0 ? start : end;
    return border + roundUp(start - border + (index * length) / count, grid);
  };
  return Array.from({ length: count }, (_, index) => ({ kind: 'copy', start: cut(index), end: cut(index + 1) }));
}

function roundUp(bytes: number, unit: number): number {
  return Math.ceil(bytes / unit) * unit;
}

function tooLarge(plan: Plan): LadingError {
  return new LadingError('too-large', `Cannot store the image archive: S3 takes no object of ${plan.size} bytes`);
}
