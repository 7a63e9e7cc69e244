import { zlibModule, zstdModule } from '../../scripts/build-web.ts';
import { WasmInflate, type Zlib } from '../../web/worker/inflate.ts';
import { lazily } from '../../web/worker/wasm.ts';
import { wasmZstd, type Zstd } from '../../web/worker/zstd.ts';

// The engines of the page in Node, where their contract is tested.

const zlib = lazily<Zlib>(async () => new Uint8Array(await zlibModule()));
const zstd = lazily<Zstd>(async () => new Uint8Array(await zstdModule()));

export const webEngines = { newInflate: () => new WasmInflate(zlib), newZstd: () => wasmZstd(zstd) };
