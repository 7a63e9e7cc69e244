import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IgnoreMode } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';

/**
 * The name of a Lambda function of the service. It is also the name of the function's source file in the folder
 * `lambda`.
 */
export type EntryPoint = 'inspect' | 'convert' | 'fail';

/**
 * The folder with the files that `npm run build` makes. Its path is the same from this source file and from the built
 * copy of it.
 */
const BUILT = join(import.meta.dirname, '../dist');

/** Returns the code of a Lambda function, taken from the built files. Throws an error when nothing was built. */
export function functionCode(name: EntryPoint): Code {
  const list = join(BUILT, 'functions.json');
  if (!existsSync(list)) throw new Error(`Cannot find the functions in ${BUILT}: type npm run build`);
  const files = (JSON.parse(readFileSync(list, 'utf8')) as Record<EntryPoint, string[]>)[name];
  // In this mode a pattern with `!` takes back what an earlier pattern excludes.
  return Code.fromAsset(BUILT, { exclude: ['*', ...files.map((file) => `!/${file}`)], ignoreMode: IgnoreMode.GIT });
}
