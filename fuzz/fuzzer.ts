import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { TARGETS } from './targets.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');
const FUZZER = join(CACHE, 'jazzer/node_modules/@jazzer.js/core/dist/cli.js');

/** The folder with the inputs that made a target fail, one folder for each target. */
export const FOUND = join(ROOT, 'fuzz/found');

/**
 * Seconds by the clock after which the fuzzer ends an input, to find endless loops. The machine may be busy, so
 * fuzz/cost.ts finds expensive inputs by their CPU seconds.
 */
const MOST_SECONDS = 120;
const MOST_MEGABYTES = 2048;
/**
 * The size in megabytes that V8's heap may grow to. With Node's own limit it would grow until the fuzzer takes the
 * garbage of many cheap inputs for a fault of the last one.
 */
const MOST_HEAP_MEGABYTES = 768;
/** The largest input in bytes. It is large enough to show a quadratic cost, and small enough to try many inputs. */
const MOST_BYTES = 65_536;

/**
 * The effort for one target: the seconds for which it is fuzzed, and the seed of the random choices. With a seed, the
 * fuzzer begins with an empty corpus, so that it makes the same inputs each time until the code changes. With null, it
 * chooses a seed itself.
 */
export interface Effort {
  seconds: number;
  seed: number | null;
}

/** The outcome of fuzzing one target. */
export interface Run {
  inputs: number;
  /** The edges of the code that were reached, and the features, as libFuzzer counts both. */
  edges: number;
  features: number;
  /** The end of the fuzzer's output when the target failed. Null when it did not. */
  failure: string | null;
}

/** Fuzzes one target. Without a seed the corpus is kept, and the next run continues from it. */
export async function fuzz(name: string, { seconds, seed }: Effort): Promise<Run> {
  const [place, found] = [join(CACHE, 'fuzz', name), join(FOUND, name)];
  const corpus = join(place, seed === null ? 'corpus' : 'seeded');
  if (seed !== null) await rm(corpus, { recursive: true, force: true });
  for (const folder of [corpus, found]) await mkdir(folder, { recursive: true });
  const seeds = (await TARGETS[name]?.seeds()) ?? [];
  for (const [at, bytes] of seeds.entries()) await writeFile(join(corpus, `seed-${at}`), bytes);
  const target = join(place, 'target.cjs');
  await bundle(name, target);
  const before = (await readdir(found)).length;
  const time = [`-timeout=${MOST_SECONDS}`, `-report_slow_units=${MOST_SECONDS}`];
  const limits = [...time, `-rss_limit_mb=${MOST_MEGABYTES}`, `-max_len=${MOST_BYTES}`];
  const choices = seed === null ? [] : [`-seed=${seed}`];
  const ways = [`-max_total_time=${seconds}`, ...choices, ...limits, `-artifact_prefix=${found}/`];
  const jazzer = [FUZZER, target, corpus, '-i', target, `--timeout=${MOST_SECONDS * 1000}`, '--', ...ways];
  const { status, output } = await ended('node', jazzer);
  const [inputs, edges, features] = lastReport(output);
  // The fuzzer exits while threads of the target still run, and may crash then. So the files that it left count, too.
  const isOver = status === 0 || /^#\d+\s+DONE/m.test(output);
  const isSound = isOver && inputs > 0 && (await readdir(found)).length === before;
  return { inputs, edges, features, failure: isSound ? null : output.slice(-6000) };
}

/** The inputs, edges and features in the last progress line. The fuzzer's summary is sometimes cut off. */
function lastReport(output: string): [inputs: number, edges: number, features: number] {
  const [, inputs = 0, edges = 0, features = 0] =
    [...output.matchAll(/^#(\d+)\s.*?cov: (\d+) ft: (\d+)/gm)].at(-1) ?? [];
  return [Number(inputs), Number(edges), Number(features)];
}

/** Runs a command in the root file system of the fuzzer, and waits for its end. */
async function ended(command: string, args: string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(join(ROOT, 'scripts/with-current-engines.sh'), [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: `--max-old-space-size=${MOST_HEAP_MEGABYTES}` },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => (output += text));
  }
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { status: await promise, output };
}
