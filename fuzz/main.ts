import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readWithinBounds } from './cost.ts';
import { type Effort, FOUND, fuzz, type Run } from './fuzzer.ts';
import { TARGETS } from './targets.ts';

const HELP = `Usage: npm run fuzz -- [--only NAMES] [--seconds N] [--at-once N] [--seed N]
       node fuzz/main.ts --only NAME --input FILE

Feeds every reader of foreign bytes with inputs that reach ever more of its code (docs/fuzzing.md). Ends with 1 when one
of them breaks a promise; the input that did it is then in fuzz/found/NAME.
  --only NAMES   these readers, by default all: ${Object.keys(TARGETS).join(',')}
  --seconds N    for each reader, by default 60
  --at-once N    how many readers at a time, by default 1
  --seed N       begins anew, and makes the same inputs in the same order each time
  --input FILE   gives one input to one reader, without the fuzzer
Needs root, scripts/install-current-engines.sh and scripts/install-fuzzer.sh; with --input nothing.
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    'at-once': { type: 'string', default: '1' },
    seed: { type: 'string' },
    input: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main(values.only?.split(',') ?? Object.keys(TARGETS));

async function main(names: string[]): Promise<number> {
  const unknown = names.find((name) => TARGETS[name] === undefined);
  if (unknown !== undefined) return usage(`there is no reader ${unknown}`);
  const [seconds, atOnce] = [Number(values.seconds), Number(values['at-once'])];
  if (!(seconds >= 1)) return usage('--seconds takes a number from 1 on');
  if (!(atOnce >= 1)) return usage('--at-once takes a number from 1 on');
  const seed = values.seed === undefined ? null : Number(values.seed);
  if (seed !== null && !(seed >= 1)) return usage('--seed takes a number from 1 on');
  return values.input === undefined ? await all(names, { seconds, seed }, atOnce) : await one(names, values.input);
}

function usage(problem: string): number {
  process.stderr.write(`Cannot fuzz: ${problem}.\n\n${HELP}`);
  return 2;
}

/**
 * Runs each named fuzz target with the bytes of one file. Throws the error of the first target that fails. Returns the
 * exit code 0 when none does.
 */
async function one(names: string[], file: string): Promise<number> {
  const bytes = await readFile(file);
  for (const name of names) {
    const target = TARGETS[name];
    if (target !== undefined) await readWithinBounds(target, bytes);
  }
  return 0;
}

/**
 * Tests the named fuzz targets, `atOnce` of them at a time, and prints the outcomes. Returns the exit code: 1 when a
 * target failed, else 0.
 */
async function all(names: string[], effort: Effort, atOnce: number): Promise<number> {
  const waiting = [...names];
  const broken: string[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const run = await fuzz(name, effort);
      report(name, run);
      if (run.failure !== null) broken.push(name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  console.log(`${names.length - broken.length} passed, ${broken.length} failed`);
  for (const name of broken) console.log(`${name}: see ${join(FOUND, name)}`);
  return broken.length === 0 ? 0 : 1;
}

function report(name: string, { inputs, edges, features, failure }: Run): void {
  if (failure !== null) console.log(failure);
  console.log(`${name}: ${inputs} inputs, ${edges} edges, ${features} features`);
}
