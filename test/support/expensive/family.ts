import { gzipSync } from 'node:zlib';
import type { Entry } from '../tar-builder.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** What an uploader sends: an archive, and the options beside it (the sidecar). */
export interface Upload {
  archive: Uint8Array;
  sidecar?: string;
}

/** Inputs of one kind, in any size. Each is as expensive as that kind of input can be made. */
export interface Family {
  /** The reader that has to work. The results are grouped by it. */
  reader: string;
  /** The reader and what is expensive for it. The name is unique. */
  name: string;
  /** The largest size in bytes. Beyond it the input is refused, or would be more than 1 MB as it is sent. */
  most: number;
  /** The input of about that many bytes, before they are compressed for the way. */
  make: (bytes: number) => Upload;
}

/** The families of one reader, as makers by name. */
export type Makers = Record<string, (bytes: number) => Uint8Array | string>;

/**
 * Archives, sent as gzip where that makes them smaller. Headers and documents that repeat shrink to a twentieth and less, so
 * that a megabyte holds far more of them than it would otherwise.
 */
export function archives(reader: string, makers: Makers, most = 16 * MiB): Family[] {
  return families(reader, makers, most, (archive) => {
    const zipped = gzipSync(archive);
    return { archive: zipped.length < archive.length ? zipped : archive };
  });
}

/** Archives that are sent as they are: they are compressed already. */
export function packed(reader: string, makers: Makers, most = MiB): Family[] {
  return families(reader, makers, most, (archive) => ({ archive }));
}

/** Options beside a small archive. */
export function sidecars(reader: string, makers: Makers, archive: Uint8Array, most = 508 * KiB): Family[] {
  return families(reader, makers, most, (text) => ({ archive, sidecar: text.toString() }));
}

function families(reader: string, makers: Makers, most: number, upload: (bytes: Buffer) => Upload): Family[] {
  return Object.entries(makers).map(([name, make]) => ({
    reader,
    name: `${reader}: ${name}`,
    most,
    make: (bytes) => upload(Buffer.from(make(bytes))),
  }));
}

/** So many items that their text has about `bytes` characters. */
export function items<T>(
  bytes: number,
  item: (index: number) => T,
  sizeOf = (each: T) => String(each).length + 1,
): T[] {
  const all: T[] = [];
  for (let size = 0; size < bytes;) {
    const next = item(all.length);
    all.push(next);
    size += sizeOf(next);
  }
  return all;
}

/** Items as JSON, in about `bytes` characters. */
export function jsonItems(bytes: number, item: (index: number) => unknown): string[] {
  return items(bytes, (index) => JSON.stringify(item(index)));
}

/** The pattern again and again, in `bytes` bytes. */
export function repeated(pattern: string | Uint8Array, bytes: number): Buffer {
  return Buffer.alloc(bytes, pattern, 'latin1');
}

/** 64 hex digits that are different for each number. */
export function hexOf(index: number): string {
  return index.toString(16).padStart(64, '0');
}

/** So many members that they have about `bytes` bytes. */
export function entries(bytes: number, entry: (index: number) => Entry): Entry[] {
  return items(
    bytes,
    entry,
    ({ body = '', pax }) => BLOCK + blocks(body.length) + (pax === undefined ? 0 : BLOCK + paxSize(pax)),
  );
}

const BLOCK = 512;

function paxSize(pax: Record<string, string>): number {
  return blocks(Object.entries(pax).reduce((sum, [key, value]) => sum + key.length + value.length + 8, 0));
}

function blocks(bytes: number): number {
  return Math.ceil(bytes / BLOCK) * BLOCK;
}
