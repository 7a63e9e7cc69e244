import type { Session } from './worker/session.ts';

/**
 * The first message to a web worker. It says what the worker is for. `modules`: it reads archives, and may need these
 * WebAssembly modules, as base64. `hashFor`: it hashes for another worker, whose requests come through this port.
 */
export type Start = { modules: Record<'zlib' | 'zstd', Blob> } | { hashFor: MessagePort };

/**
 * A message to a worker, which asks it to call a method of its `Session`, the object for the open archive. `args` are
 * the arguments. The answer has the same `id`.
 */
export interface Call {
  id: number;
  call: keyof Session;
  args: unknown[];
}

/**
 * Why a call to a worker has failed: the file is too large for the memory, the user has stopped it, or another error.
 */
export type Failure = 'too-large' | 'stopped' | 'failed';

/** The reason why a call to a worker has failed, from the error that `ArchiveWorker.call` has thrown. */
export function failureOf(error: unknown): Failure {
  return error instanceof CallError ? error.failure : 'failed';
}

class CallError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure);
    this.failure = failure;
  }
}

/**
 * A message from a worker to the page: the result of a call, the reason why a call has failed, the number of bytes that
 * were read or written so far, or a port (`hashFor`). A message with a port asks the page to start a second worker,
 * which computes hashes for the first one. Through this port, the second worker receives the requests of the first.
 */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: Failure }
  | { progress: number }
  | { hashFor: MessagePort };

/** A web worker of the page, which reads one archive. */
export interface ArchiveWorker {
  call<Name extends keyof Session>(name: Name, ...args: Parameters<Session[Name]>): ReturnType<Session[Name]>;
  /** Ends the worker at once, in the midst of its work. */
  end(): void;
}

/**
 * Starts a worker for one archive. `onProgress` is called with the number of bytes that the worker has read or written
 * so far.
 */
export function startWorker(onProgress: (bytes: number) => void): ArchiveWorker {
  const url = URL.createObjectURL(new Blob([textOf('worker')], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const workers = [worker];
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    if ('progress' in data) return onProgress(data.progress);
    if ('hashFor' in data) {
      const hasher = new Worker(url);
      workers.push(hasher);
      return hasher.postMessage({ hashFor: data.hashFor } satisfies Start, [data.hashFor]);
    }
    const call = calls.get(data.id);
    calls.delete(data.id);
    if ('failed' in data) call?.reject(new CallError(data.failed));
    else call?.resolve(data.value);
  });
  const start: Start = { modules: { zlib: new Blob([textOf('zlib')]), zstd: new Blob([textOf('zstd')]) } };
  worker.postMessage(start);
  let count = 0;
  return {
    call(name, ...args) {
      const promise = Promise.withResolvers<unknown>();
      calls.set(++count, promise);
      worker.postMessage({ id: count, call: name, args } satisfies Call);
      return promise.promise as ReturnType<Session[typeof name]>;
    },
    end() {
      for (const each of workers) each.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/**
 * The text of the element with this id; empty when there is no such element. In such elements the page carries data,
 * such as the code of its workers.
 */
function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}
