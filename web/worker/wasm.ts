/** A function that returns the exports of a WebAssembly module. It compiles the module at the first call. */
export type Wasm<Exports> = () => Promise<Exports>;

/** The memory of a WebAssembly module, and its functions that allocate and free pieces of that memory. */
export interface WasmMemory {
  memory: { buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(at: number): void;
}

/** Makes a function that compiles a WebAssembly module at the first call. `read` returns the bytes of the module. */
export function lazily<Exports extends WasmMemory>(read: () => Promise<Uint8Array<ArrayBuffer>>): Wasm<Exports> {
  let made: Promise<Exports> | null = null;
  return () => (made ??= read().then(instance<Exports>));
}

/** The part of `WebAssembly` that is used here. TypeScript has its types only for browsers; the tests run in Node. */
const { WebAssembly: web } = globalThis as unknown as {
  WebAssembly: { instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: object } }> };
};

async function instance<Exports>(bytes: Uint8Array<ArrayBuffer>): Promise<Exports> {
  // Emscripten's memory tells its host when it has grown. The buffers here are looked up anew for each call.
  const env = { emscripten_notify_memory_growth: () => {} };
  const made = await web.instantiate(bytes, { env });
  const exports = made.instance.exports as Exports & { _initialize?: () => void };
  exports._initialize?.();
  return exports;
}
