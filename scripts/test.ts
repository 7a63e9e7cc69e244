// Runs the tests: all of them, or those of some parts of .ci/run:  npm test [-- PART…]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { filesOf, testFiles } from './test-files.ts';

const parts = process.argv.slice(2);
const empty = parts.find((part) => filesOf(part).length === 0);
if (empty !== undefined) {
  console.error(`Cannot run the tests: ${empty} is no part that has test files.`);
  process.exit(2);
}
const files = parts.length === 0 ? testFiles() : parts.flatMap(filesOf);
const root = fileURLToPath(new URL('../', import.meta.url));
process.exitCode = spawnSync(process.execPath, ['--test', ...files], { cwd: root, stdio: 'inherit' }).status ?? 1;
