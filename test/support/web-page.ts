import { createSHA256 } from 'hash-wasm';
import { PortableInflate } from '../../core/compression/inflate.ts';
import type { Hasher, Tools } from '../../core/model/ports.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { type Answer, answerTo } from './answer.ts';

// A page that uses the core: this file is bundled for a browser, and runs without Node (see web-context.ts).

/** Bytes of a chunk: so few that members, records and deflate blocks are cut. */
const CHUNK_BYTES = 1000;

const webTools: Tools = {
  newHasher: wasmHasher,
  newInflate: () => new PortableInflate(),
  newZstd: () => {
    throw new Error('no zstd here');
  },
  crc32: (chunk, previous) => ~chunk.reduce((crc, byte) => (crc >>> 8) ^ CRCS[(crc ^ byte) & 0xff]!, ~previous) >>> 0,
  sumsCrc32: true,
};

/** The CRC-32 of each byte. */
const CRCS = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** A hasher of hash-wasm, which takes 1.6 times as many bytes a second as @noble/hashes. */
function wasmHasher(): Hasher {
  const made = createSHA256();
  return {
    update: async (chunk) => void (await made).update(chunk),
    digest: async () => `sha256:${(await made).digest()}`,
  };
}

/** What a page can ask for. The bytes that it hands in come from outside, and are copied to an array of its own. */
export const page = {
  answerTo: (bytes: Uint8Array): Promise<Answer> => answerTo(new Uint8Array(bytes), webTools, CHUNK_BYTES),
  resultKeys,
};

export type Page = typeof page;
