import { Interrupted } from './io.ts';
import { main } from './main.ts';

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs the command that the arguments after `lading` name, and ends the process with the exit code. */
export async function runProcess(argv: string[] = process.argv.slice(2)): Promise<void> {
  const interruption = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) {
    // Only once: a second Ctrl-C ends the process at once.
    process.once(name, () => interruption.abort(new Interrupted(code)));
  }
  // When a pipe is closed, the write fails, too, and its caller handles the error.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const code = await main(argv, {
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: Date.now,
    signal: interruption.signal,
  });
  // A pending write to a pipe that nobody reads would keep the process alive.
  process.exit(code);
}
