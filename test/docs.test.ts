import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { LIMITS } from '../core/limits.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', ...globSync('{docs,examples,bench}/**/*.md', { cwd: root })];

test('every link in the documentation leads to a file or folder that exists', () => {
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!/^\w+:/.test(target)) assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  }
});

test('every file and folder that the documentation names in code exists', () => {
  const folders = readdirSync(root, { withFileTypes: true }).filter((each) => each.isDirectory());
  const path = new RegExp(`\`((?:${folders.map(({ name }) => name).join('|')})/[\\w./-]*(?:\\.\\w+|/))\``, 'gu');
  for (const page of pages) {
    for (const [, file = ''] of read(page).matchAll(path)) {
      const isMade = file.includes('dist/');
      assert.ok(isMade || existsSync(join(root, file)), `${page} names ${file}`);
    }
  }
});

const UNITS = [
  ['TiB', 1024 ** 4],
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** A bound as the documentation writes it. The unit is the last word of the bound's name. */
function shown(name: string, value: number): string {
  const number = (count: number) => count.toLocaleString('en-US');
  if (name.endsWith('Ratio')) return `${number(value)} : 1`;
  if (name.endsWith('BytesPerSecond')) return `${number(value / 1e6)} MB/s`;
  if (!name.endsWith('Bytes')) return number(value);
  // Sizes below 8 KiB are written in bytes, as in the specifications that they come from.
  const [unit, size] = UNITS.find(([, each]) => value % each === 0 && value >= 8 * 1024) ?? ['bytes', 1];
  return `${number(value / size)} ${unit}`;
}

test('the table of limits names each bound of the code, and what happens beyond it', () => {
  const rows = [...read('docs/security.md').matchAll(/^\| `(\w+)` +\| (.*) \|$/gm)];
  const told = rows.map(([, name = '', rest = '']) => {
    const [what = '', bound = '', beyond = '', why = ''] = rest.split(' | ').map((cell) => cell.trim());
    assert.ok(
      [what, beyond, why].every((cell) => cell !== ''),
      `the row of ${name} is not complete`,
    );
    return [name, bound];
  });
  assert.deepEqual(
    Object.fromEntries(told),
    Object.fromEntries(Object.entries(LIMITS).map(([name, value]) => [name, shown(name, value)])),
  );
});

test('the first 30 lines of the README say what Lading is and what one gets, with a picture and the commands', () => {
  const head = read('README.md').split('\n').slice(0, 30).join('\n');
  for (const words of ['docker load', 'What you get', '─►', 'npm run demo', 'npm test'])
    assert.ok(head.includes(words), words);
});
