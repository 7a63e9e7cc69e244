import { createSHA256 } from 'hash-wasm';
import { PortableInflate } from '../../core/compression/inflate.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import type { Hasher } from '../../core/model/ports.ts';
import { chunksOf } from '../../web/worker/source.ts';

// A worker that does on one thread what the page is measured against: sha256 alone, or the core with pako and a CRC-32
// in JavaScript.

const CRCS = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(chunk: Uint8Array, previous: number): number {
  let crc = ~previous;
  for (const byte of chunk) crc = (crc >>> 8) ^ CRCS[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

function newHasher(): Hasher {
  const made = createSHA256();
  return {
    update: async (chunk) => void (await made).update(chunk),
    digest: async () => `sha256:${(await made).digest()}`,
  };
}

async function work(file: Blob, kind: 'sha256' | 'pako'): Promise<void> {
  if (kind === 'pako') {
    const newInflate = () => new PortableInflate();
    const newZstd = () => assert('no zstd here');
    await inspect(chunksOf(file), { newHasher, newInflate, newZstd, crc32, sumsCrc32: false });
  } else {
    const hasher = newHasher();
    for await (const chunk of chunksOf(file)) await hasher.update(chunk);
    await hasher.digest();
  }
}

function assert(message: string): never {
  throw new Error(message);
}

const scope = globalThis as unknown as {
  addEventListener(type: 'message', heard: (event: { data: { file: Blob; kind: 'sha256' | 'pako' } }) => void): void;
  postMessage(message: unknown): void;
};

scope.addEventListener('message', ({ data }) => {
  void work(data.file, data.kind).then(() => scope.postMessage('done'));
});
