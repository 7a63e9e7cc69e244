import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import { type ErrorCode, LadingError } from '../../core/model/errors.ts';
import { plan, type Plan } from '../../core/model/plan.ts';
import type { Bytes } from '../../core/model/ports.ts';
import type { AssembleOptions, Origin, Results, Uploads } from '../../core/service/stores.ts';

/** A store under test, and what its users can do to it from outside. */
export interface StoreHarness {
  uploads: Uploads;
  results: Results;
  /** The bucket that `upload` puts objects into. */
  bucket: string;
  upload(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  /** The keys of all visible results. */
  resultKeys(): Promise<string[]>;
  close(): Promise<void>;
}

/** Keys that are legal in S3 and as paths below a folder, and that have broken clients before. */
export const ODD_KEYS = [
  'a b.tar',
  'a+b.tar',
  '100%.tar',
  '%41.tar',
  'ü/日本.tar',
  `it's "q".tar`,
  'a&b=c?d#e;f:g@h.tar',
  'x(1)!*.tar',
];

/** Makes bytes in which no stretch equals another. */
export function sample(length: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  for (let index = 0, state = seed; index < words.length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[index] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}

export async function collect(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

export function breaks(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof LadingError && error.code === code;
}

/** A plan of head, whole upload and tail, as of every image archive, with its CRC-32, and the bytes it must give. */
export function around(upload: Uint8Array): { made: Plan; expected: Buffer } {
  const [head, tail] = [sample(3000, 5), sample(1500, 6)];
  const range = { kind: 'range', start: 0, end: upload.length } as const;
  const made = plan([{ kind: 'bytes', bytes: head }, range, { kind: 'bytes', bytes: tail }]);
  const expected = Buffer.concat([head, upload, tail]);
  return { made: { ...made, crc32: crc32(expected) }, expected };
}

/** An origin for results whose origin does not matter. */
export const ORIGIN: Origin = { job: 'a1', upload: { versionId: null, etag: 'e7', sequencer: '0B' } };

/** Makes a commit that replaces the current result of the key. */
export function over(results: Results, key: string): AssembleOptions {
  return { origin: ORIGIN, ready: async () => ({ expected: (await results.stat(key))?.etag ?? null }) };
}

/** Puts a result in place of the current one. */
export async function putOver(results: Results, key: string, bytes: Uint8Array): Promise<void> {
  assert.ok(await results.put(key, bytes, 'text/plain', (await results.get(key))?.etag ?? null));
}
