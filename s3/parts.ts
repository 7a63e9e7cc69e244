import { LadingError } from '../core/model/errors.ts';
import { isRecoded, partSize, type Plan, type PlanPart } from '../core/model/plan.ts';

/** A part of a plan that can be read on its own. */
export type Slice = Exclude<PlanPart, { kind: 'recoded' }>;

/** One part of an S3 multipart upload. */
export type S3Part =
  /** Bytes that the function sends: the slices in order, `size` bytes in all. */
  | { kind: 'send'; slices: Slice[]; size: number }
  /** Bytes `[start, end)` of the upload, copied by S3 itself. */
  | { kind: 'copy'; start: number; end: number };

/** The way to store a plan in S3. */
export type Division =
  /** In one request. */
  | { kind: 'put' }
  /** As a multipart upload in which S3 copies the bulk. */
  | { kind: 'splice'; parts: S3Part[] }
  /** As a multipart upload with parts of `partSize` bytes, all sent: the plan can only be read in order. */
  | { kind: 'stream'; partSize: number };

const MIB = 2 ** 20;

/** The bounds for dividing a plan into parts. Sizes are in bytes. */
export interface PartRules {
  /** Smaller plans are sent in one PUT: a multipart upload takes three more requests. */
  putBelow: number;
  /** S3's smallest size of every part but the last. S3 also copies ranges only from objects larger than this. */
  minPart: number;
  maxPart: number;
  maxParts: number;
  /** Sizes of copied parts, and their number: small enough to be copied side by side, large enough to be few. */
  copyPart: { least: number; most: number; wanted: number };
  /** Long copies are cut at multiples of this. Stores that keep objects in such pieces then read each piece once. */
  grid: number;
  /** Size of sent parts. Each is held in memory, so it is as small as `maxParts` allows. */
  streamPart: number;
}

/** Amazon S3's limits (User Guide, "multipart upload limits"), and this project's choices within them. */
export const S3_RULES: PartRules = {
  putBelow: 10 * MIB,
  minPart: 5 * MIB,
  maxPart: 5 * 1024 * MIB,
  maxParts: 10_000,
  copyPart: { least: 128 * MIB, most: 512 * MIB, wanted: 32 },
  grid: 4 * MIB, // Ceph's
  streamPart: 8 * MIB,
};

/** Divides a plan into the parts of an S3 upload, in order. Throws `too-large` when the rules do not allow it. */
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

/** The smallest part size with which `size` bytes can be sent. */
export function streamPartSize(size: number, rules: PartRules): number {
  return Math.max(rules.streamPart, roundUp(size / rules.maxParts, MIB));
}

/** The exact number of bytes of a part. */
export function s3PartSize(part: S3Part): number {
  return part.kind === 'send' ? part.size : part.end - part.start;
}

/**
 * Divides a plan into sent and copied parts. It sends what S3 cannot copy, and enough of the ranges around it that each
 * sent part has the smallest size.
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
 * The bytes at the start of a range that are sent with the `size` bytes before it. They bring the part up to the
 * smallest size, and, when the range is long, up to the grid.
 */
function leadOf({ start, end }: { start: number; end: number }, size: number, rules: PartRules): number {
  const least = Math.max(0, rules.minPart - size);
  return end - start < rules.copyPart.least ? least : roundUp(start + least, rules.grid) - start;
}

/** The range `[start, end)` as copied parts of nearly equal size; none when S3 would not copy it. */
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
