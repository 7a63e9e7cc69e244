// Runs all tests, or those of some parts of .ci/run:  npm test [-- PART…]
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { filesOf, homeOf, testFiles } from './test-files.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs test files, `processes` of them at a time. Returns true when all tests passed, and for an empty list. */
function passes(files: string[], processes: number): boolean {
  const args = ['--test', `--test-concurrency=${processes}`, '--import=./scripts/before-tests.ts', ...files];
  return files.length === 0 || spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;
}

const parts = process.argv.slice(2);
const empty = parts.find((part) => filesOf(part).length === 0);
if (empty !== undefined) {
  console.error(`Cannot run the tests: ${empty} is no part that has test files.`);
  process.exit(2);
}
const files = parts.length === 0 ? testFiles() : parts.flatMap(filesOf);
const needNothing = files.filter((file) => homeOf(file) === 'unit');
const others = files.filter((file) => homeOf(file) !== 'unit');
// A suite with an engine or a store mostly waits for it, so as many run at a time as there are cores.
const outcomes = [needNothing, others].map((group) => passes(group, availableParallelism()));
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
