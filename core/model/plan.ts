import type { Compression } from './inspection.ts';

/** One part of an image archive: bytes given here, or bytes of the upload. */
export type PlanPart =
  | { kind: 'bytes'; bytes: Uint8Array }
  /** Bytes `[start, end)` of the upload as stored. */
  | { kind: 'range'; start: number; end: number }
  /**
   * Bytes `[start, end)` of the decompressed upload, of which `size` bytes are made. They are expanded when `inner`
   * names a compression, and compressed as gzip with `gzip`. With `sparse` they are a sparse member with its headers.
   * Only such parts pass through the program that executes the plan.
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

/** An image archive as a list of parts, in order, and its exact size in bytes. Making a plan writes nothing. */
export interface Plan {
  parts: PlanPart[];
  size: number;
  /** CRC-32 of the whole, when it is known before writing: a store can check it. */
  crc32?: number;
}

/** The exact number of bytes that a part adds. */
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

/** True when bytes must pass through the program that executes the plan. */
export function isRecoded({ parts }: Plan): boolean {
  return parts.some((part) => part.kind === 'recoded');
}

/** A plan whose size is the sum of its parts. */
export function plan(parts: PlanPart[]): Plan {
  return { parts, size: parts.reduce((sum, part) => sum + partSize(part), 0) };
}
