import type { Session } from './worker/session.ts';

/**
 * The first message from the page to a web worker, which says what the worker is for. With `modules`, the worker reads
 * archives and answers the calls of the page; the modules are its WebAssembly decompressors, as base64. With `hashFor`,
 * the worker computes sha256 digests for another worker, whose requests come through this port.
 */
export type Start = { modules: Record<'zlib' | 'zstd', Blob> } | { hashFor: MessagePort };

/**
 * A message from the page to a worker: it asks the worker to call a method of its `Session`, the object for the open
 * archive, with the arguments `args`. The worker's answer has the same `id`, a number that no other call to this worker
 * has.
 */
export interface Call {
  id: number;
  call: keyof Session;
  args: unknown[];
}

/**
 * Why a call to a worker has failed. `too-large`: the file has more bytes than the page collects in memory. `stopped`:
 * the user has stopped the work. `failed`: any other error.
 */
export type Failure = 'too-large' | 'stopped' | 'failed';

/**
 * Returns why a call to a worker has failed, from the error that `ArchiveWorker.call` has thrown. For an error from
 * anywhere else, returns `failed`.
 */
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
 * A message from a worker to the page: the result of a call (`value`), the reason why a call has failed (`failed`), the
 * number of bytes that were read or written so far (`progress`), or a port (`hashFor`). A message with a port asks the
 * page to start a second worker, which computes sha256 digests for the first one. Through this port, the second worker
 * receives the requests of the first.
 */
export type Answer =
  | { id: number; value: unknown }
  | { id: number; failed: Failure }
  | { progress: number }
  | { hashFor: MessagePort };

/**
 * A web worker of the page, which reads one archive. `call` calls a method of the worker's `Session` and resolves to
 * the result. When the method fails, `call` throws an error, which `failureOf` explains.
 */
export interface ArchiveWorker {
  call<Name extends keyof Session>(name: Name, ...args: Parameters<Session[Name]>): ReturnType<Session[Name]>;
  /**
   * Ends the worker at once, in the midst of its work, and the worker that hashes for it. Calls without an answer never
   * get one.
   */
  end(): void;
}

/**
 * Starts a worker for one archive, and returns it. `onProgress` is called with the number of bytes that the worker has
 * read or written so far in the task that it began last.
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
