import type { Compression } from './inspection.ts';

/** One stretch of the image archive: bytes given here, or bytes of the upload. */
export type PlanPart =
  | { kind: 'bytes'; bytes: Uint8Array }
  /** Bytes `[start, end)` of the upload as stored. */
  | { kind: 'range'; start: number; end: number }
  /**
   * Bytes `[start, end)` of the decompressed upload, themselves decompressed when `inner` says so, packed as gzip when
   * `gzip` does; `size` bytes come out. With `sparse` they are a sparse file of the archive, headers and all. Only such parts have to pass through whoever executes the plan.
   */
  | {
      kind: 'recoded';
      outer: Compression;
      start: number;
      end: number;
      inner: Compression;
      gzip?: true;
      sparse?: true;
      size: number;
    };

/** An image archive as a list of parts, in order, and its exact size in bytes. Nothing is written by making one. */
export interface Plan {
  parts: PlanPart[];
  size: number;
  /** CRC-32 of the whole, when it is known beforehand: a store can hold what it has written against it. */
  crc32?: number;
}

/** The exact number of bytes a part contributes. */
export function partSize(part: PlanPart): number {
  switch (part.kind) {
    case 'bytes':
      return part.bytes.length;
    case 'range':
      return part.end - part.start;
    case 'recoded':
      return part.size;
  }
}

/** True when bytes have to pass through whoever executes the plan. */
export function isRecoded({ parts }: Plan): boolean {
  return parts.some((part) => part.kind === 'recoded');
}

/** A plan whose size is the sum of its parts. */
export function plan(parts: PlanPart[]): Plan {
  return { parts, size: parts.reduce((sum, part) => sum + partSize(part), 0) };
}
