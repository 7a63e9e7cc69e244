import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/service/stores.ts';

/** Everything a command has to do with the process around it. */
export interface Io {
  stdin: Readable & { fd?: number; isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  now: Clock;
  /** Aborted by Ctrl-C and by a request to terminate; the reason is an `Interrupted`. */
  signal: AbortSignal;
}

/** The reason of the abort: which signal came, as the exit code that shells give to it. */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
    this.exitCode = exitCode;
  }
}

/** Writes and waits until the bytes are out, so that a reused buffer is free again. Rejects when interrupted or not possible. */
export async function write(stream: Writable, data: string | Uint8Array, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const interrupt = () => reject(signal?.reason);
    signal?.addEventListener('abort', interrupt, { once: true });
    stream.write(data, (error) => {
      signal?.removeEventListener('abort', interrupt);
      if (error) reject(error);
      else resolve();
    });
  });
}
