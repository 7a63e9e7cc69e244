// The entry point of the GitHub Action (action.yml): the command line, with the inputs of the step as its arguments.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explain } from '../cli/exit.ts';
import { runProcess } from '../cli/process.ts';
import { reportFailure } from '../cli/report.ts';
import { argumentsOf } from './arguments.ts';

const { stdin, stdout, stderr, env } = process;
// A folder for this step alone: a job may use the action several times.
const folder = mkdtempSync(join(env['RUNNER_TEMP'] ?? tmpdir(), 'lading-'));
try {
  await runProcess(argumentsOf(env, folder));
} catch (error) {
  // It is about an input: the command line reports its own errors, and does not throw them.
  const { code, text } = explain(error, 'en');
  const io = { stdin, stdout, stderr, env, now: Date.now, signal: new AbortController().signal };
  await reportFailure(text ?? '', io);
  process.exitCode = code;
}
