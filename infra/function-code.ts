import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

/** The names of the functions. */
export type EntryPoint = 'inspect' | 'convert' | 'fail';

/**
 * The folder that `npm run build` makes. This file, and the file that the build makes of it, are both one folder below
 * the root, so the path is the same for both.
 */
const BUILT = join(import.meta.dirname, '../dist');

/**
 * The code of one of the two functions: its files among the built ones, some of which it shares with the command line.
 * Throws an error when nothing was built.
 */
export function functionCode(name: EntryPoint): Code {
  const list = join(BUILT, 'functions.json');
  if (!existsSync(list)) throw new Error(`Cannot find the functions in ${BUILT}: type npm run build`);
  const files = (JSON.parse(readFileSync(list, 'utf8')) as Record<EntryPoint, string[]>)[name];
  // In this mode a pattern with `!` takes back what an earlier pattern excludes.
  return Code.fromAsset(BUILT, { exclude: ['*', ...files.map((file) => `!/${file}`)], ignoreMode: IgnoreMode.GIT });
}
