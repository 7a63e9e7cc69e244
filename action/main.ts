// The entry point of the GitHub Action (action.yml): the command line, with the inputs of the step as its arguments.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProcess } from '../cli/process.ts';
import { argumentsOf } from './arguments.ts';

// A folder for this step alone: a job may use the action several times.
const folder = mkdtempSync(join(process.env['RUNNER_TEMP'] ?? tmpdir(), 'lading-'));
await runProcess(argumentsOf(process.env, folder));
