import { Interrupted } from './io.ts';
import { main } from './main.ts';

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs `main` in this process, and ends the process with its exit code. */
export async function runProcess(): Promise<void> {
  const interruption = new AbortController();
  for (const [name, code] of Object.entries(SIGNALS)) {
    // Only once: a second Ctrl-C ends the process at once.
    process.once(name, () => interruption.abort(new Interrupted(code)));
  }
  // A reader that went away is an error of the write, which is told there.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const code = await main(process.argv.slice(2), {
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: Date.now,
    signal: interruption.signal,
  });
  // What was asked of a pipe that nobody reads would keep the process alive.
  process.exit(code);
}
