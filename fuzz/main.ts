import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { TARGETS } from './targets.ts';

const HELP = `Usage: npm run fuzz -- [--only ${Object.keys(TARGETS).join(',')}] [--seconds N]

Feeds every reader of foreign bytes with inputs that reach ever more of its code. Ends with 1 when one of them breaks a promise;
the input that did it then lies in fuzz/found/NAME.
  --only NAMES   these readers, by default all
  --seconds N    for each reader, by default 60
Needs root, scripts/install-current-engines.sh and scripts/install-fuzzer.sh.
`;

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');
const FUZZER = join(CACHE, 'jazzer/node_modules/@jazzer.js/core/dist/cli.js');

/** The most that one input may cost on these readers, instrumented as they are: beyond it, the input counts as a find. */
const MOST_SECONDS = 10;
const MOST_MEGABYTES = 2048;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '60' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = main(values.only?.split(',') ?? Object.keys(TARGETS), Number(values.seconds));

function main(names: string[], seconds: number): number {
  const unknown = names.find((name) => TARGETS[name] === undefined);
  if (unknown !== undefined) return usage(`there is no reader ${unknown}`);
  if (!(seconds >= 1)) return usage('--seconds takes a number from 1 on');
  const broken = names.filter((name) => !holds(name, seconds));
  console.log(`${names.length - broken.length} passed, ${broken.length} failed`);
  for (const name of broken) console.log(`${name}: see ${join('fuzz/found', name)}`);
  return broken.length === 0 ? 0 : 1;
}

function usage(problem: string): number {
  process.stderr.write(`Cannot fuzz: ${problem}.\n\n${HELP}`);
  return 2;
}

/** Fuzzes one reader; false when it broke a promise. The corpus is kept, so that the next run goes on from there. */
function holds(name: string, seconds: number): boolean {
  const [place, found] = [join(CACHE, 'fuzz', name), join(ROOT, 'fuzz/found', name)];
  const corpus = join(place, 'corpus');
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  for (const [at, seed] of (TARGETS[name]?.seeds() ?? []).entries()) writeFileSync(join(corpus, `seed-${at}`), seed);
  const bundle = join(place, 'target.cjs');
  bundleTarget(name, bundle);
  const before = readdirSync(found).length;
  const limits = [`-timeout=${MOST_SECONDS}`, `-rss_limit_mb=${MOST_MEGABYTES}`, '-max_len=16384'];
  const args = [`-max_total_time=${seconds}`, ...limits, `-artifact_prefix=${found}/`, '-print_final_stats=1'];
  const run = spawnSync(
    join(ROOT, 'scripts/with-current-engines.sh'),
    ['node', FUZZER, bundle, corpus, '-i', bundle, `--timeout=${MOST_SECONDS * 1000}`, '--', ...args],
    { encoding: 'latin1', maxBuffer: 1 << 28 },
  );
  const output = run.stdout + run.stderr;
  const inputs = Number(/stat::number_of_executed_units:\s*(\d+)/.exec(output)?.[1] ?? 0);
  console.log(`${name}: ${inputs} inputs, ${reached(output)}`);
  if (run.status === 0 && inputs > 0 && readdirSync(found).length === before) return true;
  console.log(output.slice(-6000));
  return false;
}

/** One reader and all that it imports, as the CommonJS that the fuzzer can instrument. */
function bundleTarget(name: string, outfile: string): void {
  const contents = `import { TARGETS } from './targets.ts';
    export const fuzz = (bytes) => TARGETS[${JSON.stringify(name)}].run(bytes);`;
  buildSync({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    // CommonJS has none. The test helpers find the published schemas by it.
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(ROOT, 'test/support/x.ts')).href) },
    logLevel: 'error',
  });
}

/** How much of the reader the inputs reached: edges, and features as libFuzzer counts them. */
function reached(output: string): string {
  const [, edges = '0', features = '0'] = [...output.matchAll(/cov: (\d+) ft: (\d+)/g)].at(-1) ?? [];
  return `${edges} edges, ${features} features`;
}
