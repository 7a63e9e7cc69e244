import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../core/service/stores.ts';

/** The parts of the process that a command may use: streams, environment variables, clock and signals. */
export interface Io {
  stdin: Readable & { fd?: number; isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  now: Clock;
  /** Aborts on SIGHUP, SIGINT (Ctrl-C) and SIGTERM. The reason is an `Interrupted`, an error that has the exit code. */
  signal: AbortSignal;
}

/**
 * The error with which a command ends when it gets a signal such as Ctrl-C. The exit code is as in shells: 128 and the
 * signal number.
 */
export class Interrupted extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted');
    this.name = 'Interrupted';
    this.exitCode = exitCode;
  }
}

/**
 * Writes data to a stream, and waits until the stream has written it. Throws the stream's error, or the reason of
 * `signal` when that aborts.
 */
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
