import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Writes a generated page of the documentation to `file`. With `--check` on the command line it only compares the page
 * with the file, and sets the exit code 1 when they differ.
 */
export function writeOrCheck(file: URL, page: string): void {
  if (!process.argv.includes('--check')) return writeFileSync(file, page);
  if (readFileSync(file, 'utf8') === page) return;
  const name = relative(fileURLToPath(new URL('..', import.meta.url)), fileURLToPath(file));
  console.error(`${name} is not up to date: run npm run docs`);
  process.exitCode = 1;
}
