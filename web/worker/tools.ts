import { createCRC32 } from 'hash-wasm';
import { combineCrc32 } from '../../core/model/crc32.ts';
import type { Tools } from '../../core/model/ports.ts';
import type { Hashing } from './hashing.ts';
import { WasmInflate, type Zlib } from './inflate.ts';
import type { Wasm } from './wasm.ts';
import { wasmZstd, type Zstd } from './zstd.ts';

/** The WebAssembly modules of the page. Each is compiled only when an archive needs it. */
export interface WasmModules {
  zlib: Wasm<Zlib>;
  zstd: Wasm<Zstd>;
}

/**
 * Makes the tools for a browser: the functions, such as those for hashing and inflating, that Lading's
 * platform-independent code gets from its caller. They use WebAssembly modules and the functions of the browser.
 */
export async function webTools({ zlib, zstd }: WasmModules, hashing: Hashing): Promise<Tools> {
  const crc = await createCRC32();
  return {
    newHasher: () => hashing.newHasher(),
    newInflate: () => new WasmInflate(zlib),
    newZstd: () => wasmZstd(zstd),
    crc32: (chunk, previous) => {
      const own = Number.parseInt(crc.init().update(chunk).digest(), 16);
      return previous === 0 ? own : combineCrc32(previous, own, chunk.length);
    },
    sumsCrc32: false,
  };
}
