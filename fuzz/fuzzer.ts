import { spawn } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { TARGETS } from './targets.ts';

const ROOT = join(import.meta.dirname, '..');
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'lading');
const FUZZER = join(CACHE, 'jazzer/node_modules/@jazzer.js/core/dist/cli.js');

/** Where inputs are kept that broke a promise, a folder for each reader. */
export const FOUND = join(ROOT, 'fuzz/found');

/**
 * When the fuzzer itself ends an input, by the clock: a loop without end. What costs too much is found by fuzz/cost.ts, in CPU
 * seconds, since the machine may be busy.
 */
const MOST_SECONDS = 120;
const MOST_MEGABYTES = 2048;
/** The largest input, in bytes: what grows with the square of it is seen, and the fuzzer still tries many. */
const MOST_BYTES = 65_536;

/** What came of fuzzing a reader. */
export interface Run {
  inputs: number;
  /** Edges of the code that were reached, and features, as libFuzzer counts them. */
  edges: number;
  features: number;
  /** What the fuzzer said last, where the reader broke a promise. */
  failure: string | null;
}

/** Fuzzes one reader for some seconds. Its corpus is kept, so that the next run goes on from there. */
export async function fuzz(name: string, seconds: number): Promise<Run> {
  const [place, found] = [join(CACHE, 'fuzz', name), join(FOUND, name)];
  const corpus = join(place, 'corpus');
  for (const folder of [corpus, found]) await mkdir(folder, { recursive: true });
  const seeds = (await TARGETS[name]?.seeds()) ?? [];
  for (const [at, seed] of seeds.entries()) await writeFile(join(corpus, `seed-${at}`), seed);
  const target = join(place, 'target.cjs');
  await bundle(name, target);
  const before = (await readdir(found)).length;
  const time = [`-timeout=${MOST_SECONDS}`, `-report_slow_units=${MOST_SECONDS}`];
  const limits = [...time, `-rss_limit_mb=${MOST_MEGABYTES}`, `-max_len=${MOST_BYTES}`];
  const ways = [`-max_total_time=${seconds}`, ...limits, `-artifact_prefix=${found}/`];
  const jazzer = [FUZZER, target, corpus, '-i', target, `--timeout=${MOST_SECONDS * 1000}`, '--', ...ways];
  const { status, output } = await ended('node', jazzer);
  const [inputs, edges, features] = lastReport(output);
  // The fuzzer ends the process under the threads of a reader, which sometimes fails. It keeps every input that breaks a promise.
  const isOver = status === 0 || /^#\d+\s+DONE/m.test(output);
  const isSound = isOver && inputs > 0 && (await readdir(found)).length === before;
  return { inputs, edges, features, failure: isSound ? null : output.slice(-6000) };
}

/** Inputs, edges and features as the fuzzer last told them; its closing words are sometimes cut off. */
function lastReport(output: string): [inputs: number, edges: number, features: number] {
  const [, inputs = 0, edges = 0, features = 0] =
    [...output.matchAll(/^#(\d+)\s.*?cov: (\d+) ft: (\d+)/gm)].at(-1) ?? [];
  return [Number(inputs), Number(edges), Number(features)];
}

/** Runs a command where the fuzzer runs, and waits for its end. */
async function ended(command: string, args: string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(join(ROOT, 'scripts/with-current-engines.sh'), [command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('latin1').on('data', (text: string) => (output += text));
  }
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.on('close', resolve);
  return { status: await promise, output };
}
