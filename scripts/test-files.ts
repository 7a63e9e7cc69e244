// Which test file belongs to which part of .ci/run.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** Every test file belongs to one of these, by what it needs. */
export type Home = 'unit' | 'oracles' | 'engines' | 'service';

/** Suites with engines that are run among those of Debian 12 alone. */
const NOT_CURRENT = new Set([
  'change', // `--change` of docker import, which is held against Docker 20.10 word by word
  'faults', // what they hold is what Debian 12's engines print
  'flips', // flipped bits that engines take and Lading does not: no matter of versions
  'refused', // what Debian 12's engines print of what is no image
]);

const root = new URL('../', import.meta.url);

/** All test files, in the order of their names. */
export function testFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: root }).toSorted();
}

/** The part that a test file belongs to. */
export function homeOf(file: string): Home {
  const code = readFileSync(new URL(file, root), 'utf8');
  if (/support\/oracles\.ts'/.test(code)) return 'oracles';
  if (file.startsWith('test/interop/')) return 'engines';
  // A real S3 store, Lambda's runtime, an emulator of AWS, and linters that are no packages of npm.
  return /^test\/(?:deploy|runtime)\//.test(file) || /support\/(?:s3-engine|pinned)\.ts'/.test(code)
    ? 'service'
    : 'unit';
}

/** True for the suites that are run among the engines of today as well. */
export function isCurrent(file: string): boolean {
  return homeOf(file) === 'engines' && !NOT_CURRENT.has(basename(file, '.test.ts'));
}

/** True for the suites that are run over each S3 engine: what they hold depends on the store, and on little else. */
export function isStore(file: string): boolean {
  const code = readFileSync(new URL(file, root), 'utf8');
  return homeOf(file) === 'service' && /support\/s3-engine\.ts'/.test(code) && !file.startsWith('test/runtime/');
}

/** The test files of a part; those of `current` and `stores` are suites of `engines` and `service` that are run once more. */
export function filesOf(part: string): string[] {
  return testFiles().filter((file) => {
    if (part === 'current') return isCurrent(file);
    return part === 'stores' ? isStore(file) : homeOf(file) === part;
  });
}
