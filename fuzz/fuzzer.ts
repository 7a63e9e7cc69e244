import { spawn } from 'node:child_process';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { TARGETS } from './targets.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');
const FUZZER = join(CACHE, 'jazzer/node_modules/@jazzer.js/core/dist/cli.js');

/** The folder with the inputs that made a fuzz target fail, one folder for each target. */
export const FOUND = join(ROOT, 'fuzz/found');

/**
 * The seconds of elapsed time after which the fuzzer takes the reading of one input for an endless loop, and stops. The
 * machine may be busy, so fuzz/cost.ts finds expensive inputs by their CPU seconds.
 */
const MOST_SECONDS = 120;
const MOST_MEGABYTES = 2048;
/**
 * The size in megabytes to which V8's heap may grow. With Node's own, higher limit, the garbage of many cheap inputs
 * may take so much memory that the fuzzer blames the last of them.
 */
const MOST_HEAP_MEGABYTES = 768;
/**
 * The largest input in bytes that the fuzzer makes. It is large enough to show a quadratic cost, and small enough to
 * try many inputs.
 */
const MOST_BYTES = 65_536;

/**
 * The effort for one fuzz target: how many seconds it is tested, and the seed of the fuzzer's random choices. With a
 * seed, the fuzzer starts without the inputs of earlier runs. So it makes the same inputs each time, until the code
 * changes. Null: the fuzzer chooses a seed itself.
 */
export interface Effort {
  seconds: number;
  seed: number | null;
}

/** The outcome of fuzzing one target. `inputs` is the number of inputs that were tried. */
export interface Run {
  inputs: number;
  /** The number of edges (branches of the code) that were reached, as libFuzzer counts them. */
  edges: number;
  /**
   * The number of features (edges together with how often each was taken) that were reached, as libFuzzer counts them.
   */
  features: number;
  /** The end of the fuzzer's output, at most 6,000 characters, when the target failed. Null when it did not. */
  failure: string | null;
}

/**
 * Tests the fuzz target `name` with the fuzzer for a number of seconds, and returns the outcome. When `seed` is null,
 * the inputs that reached new code are kept, and the next run continues from them.
 */
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

/**
 * Reads the number of inputs, edges and features from the last progress line of the fuzzer's output, because its
 * summary is sometimes cut off. All are 0 when there is no such line.
 */
function lastReport(output: string): [inputs: number, edges: number, features: number] {
  const [, inputs = 0, edges = 0, features = 0] =
    [...output.matchAll(/^#(\d+)\s.*?cov: (\d+) ft: (\d+)/gm)].at(-1) ?? [];
  return [Number(inputs), Number(edges), Number(features)];
}

/**
 * Runs a command in the root file system in which the fuzzer is installed, and waits for its end. Returns the exit
 * status (null after a signal) and everything that the command has printed.
 */
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
