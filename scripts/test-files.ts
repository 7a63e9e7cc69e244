// Assigns each test file to a part of .ci/run.
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/**
 * The part of the test suite that a test file belongs to. It depends on what the test needs to run, such as container
 * engines or a browser.
 */
export type Home = 'unit' | 'oracles' | 'engines' | 'service' | 'package' | 'pipelines' | 'web';

/**
 * The names of tests with real container engines that run only with the versions in Debian 12, not with current ones.
 */
const NOT_CURRENT = new Set([
  'change', // compares `--change` with that of Docker 20.10, word by word
  'faults', // expects the messages of Debian 12's engines
  'lz4-and-lzma', // asks lz4 and xz, and no engine
  'flips', // flips bits; the versions of the engines make no difference
  'refused', // expects the messages of Debian 12's engines, for archives that are not images
  'xz', // asks xz, and no engine
]);

const root = new URL('../', import.meta.url);

/**
 * The test files that take several minutes, the longest first. They run before the others. If the longest came last, the
 * other processors would have nothing to do at the end.
 */
const LONG = [
  'test/runtime/hostile.test.ts',
  'test/runtime/functions.test.ts',
  'test/interop/verdict.test.ts',
  'test/interop/corpus.test.ts',
  'test/interop/convert.test.ts',
  'test/faults/crash.test.ts',
];

/** The paths of all test files, from the root of the repository: the long ones first, then the others, sorted. */
export function testFiles(): string[] {
  const all = globSync('test/**/*.test.ts', { cwd: root }).toSorted();
  return [...LONG, ...all.filter((file) => !LONG.includes(file))];
}

/** The part of the test suite that a test file belongs to, as its path and its imports show. */
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

/** True for a test file that runs not only with the container engines of Debian 12, but also with current ones. */
export function isCurrent(file: string): boolean {
  return homeOf(file) === 'engines' && !NOT_CURRENT.has(basename(file, '.test.ts'));
}

/**
 * True for a test file that runs once with each S3-compatible server, because its result depends mainly on that server.
 */
export function isStore(file: string): boolean {
  const code = readFileSync(new URL(file, root), 'utf8');
  return homeOf(file) === 'service' && /support\/s3-engine\.ts'/.test(code) && !file.startsWith('test/runtime/');
}

/**
 * The paths of the test files in a part of the test suite, such as `unit`. The parts `current` and `stores` run some
 * test files of `engines` and `service` again, with other engines and other S3 servers.
 */
export function filesOf(part: string): string[] {
  return testFiles().filter((file) => {
    if (part === 'current') return isCurrent(file);
    return part === 'stores' ? isStore(file) : homeOf(file) === part;
  });
}
