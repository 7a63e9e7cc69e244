/** Gives the exports of a WebAssembly module. The module is compiled at the first call. */
export type Wasm<Exports> = () => Promise<Exports>;

/** The memory of a module, and the functions that give out and take back pieces of it. */
export interface WasmMemory {
  memory: { buffer: ArrayBuffer };
  malloc(bytes: number): number;
  free(at: number): void;
}

/** A module that is compiled at the first call, from the bytes that `read` returns. */
export function lazily<Exports extends WasmMemory>(read: () => Promise<Uint8Array<ArrayBuffer>>): Wasm<Exports> {
  let made: Promise<Exports> | null = null;
  return () => (made ??= read().then(instance<Exports>));
}

/** The part of WebAssembly that is used. Its types are those of browsers, and the tests run in Node. */
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
