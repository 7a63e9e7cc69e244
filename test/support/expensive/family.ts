import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Entry } from '../tar-builder.ts';

const KiB = 1024;
const MiB = 1024 * KiB;

/** The archive that a user uploads, and the options beside it (the sidecar). */
export interface Upload {
  archive: Uint8Array;
  sidecar?: string;
}

/** Inputs of one kind in any size, each as expensive as this kind of input can be. */
export interface Family {
  /** The reader that does the work; results are grouped by it. */
  reader: string;
  /** The unique name: the reader, and what is expensive for it. */
  name: string;
  /** The largest size in bytes. A larger input is refused, or takes more than 1 MB when it is sent. */
  most: number;
  /** Makes the input of about `bytes` bytes, before gzip. */
  make: (bytes: number) => Upload;
}

/** The makers of one reader's inputs, by name. */
export type Makers = Record<string, (bytes: number) => Uint8Array | string>;

/**
 * Families of archives, sent as gzip if that makes them smaller. Repeated headers and documents shrink to a twentieth
 * or less, so that a megabyte holds far more of them.
 */
export function archives(reader: string, makers: Makers, most = 16 * MiB): Family[] {
  return families(reader, makers, most, (archive) => {
    const zipped = gzipSync(archive);
    return { archive: zipped.length < archive.length ? zipped : archive };
  });
}

/**
 * Families of archives that are sent as zstd, which packs repeated headers better than gzip: a megabyte holds half a
 * million members.
 */
export function squeezed(reader: string, makers: Makers, most = 64 * MiB): Family[] {
  return families(reader, makers, most, (archive) => ({ archive: zstdCompressSync(archive) }));
}

/** Families of archives that are sent as they are, because they are already compressed. */
export function packed(reader: string, makers: Makers, most = MiB): Family[] {
  return families(reader, makers, most, (archive) => ({ archive }));
}

/** Families of sidecars, each sent with the same small archive. */
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

/** As many items as have about `bytes` characters of text together. */
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

/** As many items in JSON as have about `bytes` characters together. */
export function jsonItems(bytes: number, item: (index: number) => unknown): string[] {
  return items(bytes, (index) => JSON.stringify(item(index)));
}

/** The pattern, repeated to `bytes` bytes. */
export function repeated(pattern: string | Uint8Array, bytes: number): Buffer {
  return Buffer.alloc(bytes, pattern, 'latin1');
}

/** 64 hex digits, different for each index. */
export function hexOf(index: number): string {
  return index.toString(16).padStart(64, '0');
}

/** As many members as have about `bytes` bytes together. */
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
