// Assigns each test file to a part of .ci/run.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** The part that a test file belongs to. It depends on what the test needs to run. */
export type Home = 'unit' | 'oracles' | 'engines' | 'service' | 'package' | 'pipelines' | 'web';

/** The engine suites that run only with the engines of Debian 12. */
const NOT_CURRENT = new Set([
  'change', // compares `--change` with that of Docker 20.10, word by word
  'faults', // expects the messages of Debian 12's engines
  'lz4-and-lzma', // asks lz4 and xz, and no engine
  'flips', // flips bits; the versions of the engines make no difference
  'refused', // expects the messages of Debian 12's engines, for archives that are not images
  'xz', // asks xz, and no engine
]);

const root = new URL('../', import.meta.url);

/** All test files, sorted by name. */
export function testFiles(): string[] {
  return globSync('test/**/*.test.ts', { cwd: root }).toSorted();
}

/** The part that a test file belongs to. */
export function homeOf(file: string): Home {
  const code = readFileSync(new URL(file, root), 'utf8');
  if (/support\/oracles\.ts'/.test(code)) return 'oracles';
  if (file.startsWith('test/interop/')) return 'engines';
  if (file.startsWith('test/package/')) return 'package';
  if (file.startsWith('test/pipelines/')) return 'pipelines';
  if (file.startsWith('test/web/')) return 'web';
  // These tests need a real S3 store, Lambda's runtime, an emulator of AWS, or linters from outside npm.
  return /^test\/(?:deploy|runtime)\//.test(file) || /support\/(?:s3-engine|pinned)\.ts'/.test(code)
    ? 'service'
    : 'unit';
}

/** True for the suites that also run with the engines of today. */
export function isCurrent(file: string): boolean {
  return homeOf(file) === 'engines' && !NOT_CURRENT.has(basename(file, '.test.ts'));
}

/** True for the suites that run with each S3 engine, because their result depends mainly on the store. */
export function isStore(file: string): boolean {
  const code = readFileSync(new URL(file, root), 'utf8');
  return homeOf(file) === 'service' && /support\/s3-engine\.ts'/.test(code) && !file.startsWith('test/runtime/');
}

/** The test files of a part. `current` and `stores` run some suites of `engines` and `service` once more. */
export function filesOf(part: string): string[] {
  return testFiles().filter((file) => {
    if (part === 'current') return isCurrent(file);
    return part === 'stores' ? isStore(file) : homeOf(file) === part;
  });
}
