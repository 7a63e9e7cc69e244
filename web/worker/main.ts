import type { Answer, Call, Start } from '../calls.ts';
import { type HashRequest, hashRole } from './hash-role.ts';
import { Hashing } from './hashing.ts';
import type { Zlib } from './inflate.ts';
import { Session, Stopped } from './session.ts';
import { webTools } from './tools.ts';
import { TooLarge } from './save.ts';
import { lazily } from './wasm.ts';
import type { Zstd } from './zstd.ts';

// The code of all workers. The first message says what a worker is for: the one that the page talks to, or one that
// hashes for it. The page starts all of them, because Chromium lets no worker of a page from disk start another.

/** The shortest time in milliseconds between two messages that tell the page how many bytes were read or written. */
const PROGRESS_MS = 100;

const scope = globalThis as unknown as {
  addEventListener(type: 'message', heard: (event: MessageEvent<Start | Call>) => void): void;
  postMessage(message: Answer, transfer?: Transferable[]): void;
};

let handle: ((call: Call) => void) | null = null;

scope.addEventListener('message', ({ data }) => {
  if ('modules' in data) handle = callRole(data);
  else if ('hashFor' in data) hashFor(data.hashFor);
  else handle?.(data);
});

function hashFor(port: MessagePort): void {
  const role = hashRole((answer) => port.postMessage(answer));
  port.addEventListener('message', ({ data }: MessageEvent<HashRequest>) => role(data));
  port.start();
}

/** Asks the page to start a worker that hashes for this one. Returns the port to that worker. */
function startHasher(): MessagePort {
  const { port1, port2 } = new MessageChannel();
  scope.postMessage({ hashFor: port2 }, [port2]);
  return port1;
}

/**
 * Returns the function that answers the calls of the page, for a worker that has these WebAssembly modules. Short calls
 * are answered while a long one goes on.
 */
function callRole({ modules }: Extract<Start, { modules: unknown }>): (call: Call) => void {
  const hashing = new Hashing(startHasher);
  const wasm = { zlib: lazily<Zlib>(() => decoded(modules.zlib)), zstd: lazily<Zstd>(() => decoded(modules.zstd)) };
  const session = webTools(wasm, hashing).then((tools) => new Session(tools, hashing, progressEvery(PROGRESS_MS)));
  const answer = async (call: Call): Promise<void> => scope.postMessage(await answerTo(await session, call));
  return (call) => void answer(call);
}

async function answerTo(session: Session, { id, call, args }: Call): Promise<Answer> {
  try {
    const method = session[call] as (this: Session, ...args: unknown[]) => Promise<unknown>;
    return { id, value: await method.apply(session, args) };
  } catch (error) {
    if (error instanceof Stopped) return { id, failed: 'stopped' };
    return { id, failed: error instanceof TooLarge ? 'too-large' : 'failed' };
  }
}

/**
 * Returns a function that tells the page how many bytes were read or written, at most once in so many `milliseconds`.
 */
function progressEvery(milliseconds: number): (bytes: number) => void {
  let told = 0;
  return (bytes) => {
    const now = performance.now();
    if (now - told < milliseconds) return;
    told = now;
    scope.postMessage({ progress: bytes });
  };
}

/** Returns the bytes of a WebAssembly module from `blob`, which has them as base64. */
async function decoded(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(atob(await blob.text()), (char) => char.charCodeAt(0));
}
