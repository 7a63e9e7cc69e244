import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Input } from './inputs.ts';
import type { Measurement } from './measure.ts';

export interface Row {
  name: string;
  ours: boolean;
  /** In the order of the rounds. */
  runs: Measurement[];
}

export interface Section {
  input: Input;
  rows: Row[];
}

const RESULTS = fileURLToPath(new URL('results', import.meta.url));

/** The whole page: the machine, then one table for each input. */
export function report(sections: Section[], runs: number): string {
  const head = [
    '# Conversion: time and memory',
    '',
    `${machine()}. Rounds in which every contender ran once, the order rotated: ${runs}; inputs in the page cache, dirty pages`,
    'written back before each run. Three figures are minimum, median and maximum. Ratios are taken within each round to the first line. Memory is the',
    'most resident memory of any one process, for Docker of the daemon too.',
    '',
  ];
  return `${head.join('\n')}\n${sections.map(section).join('\n')}`;
}

function section({ input, rows }: Section): string {
  const title = `## ${input.name}: ${(input.size / 1e9).toFixed(2)} GB, ${input.members.toLocaleString('en')} members`;
  return `${title}\n\n${table(rows)}`;
}

/** One table in Markdown. */
export function table(rows: Row[]): string {
  const yardstick = rows[0]?.runs ?? [];
  const lines = rows.map(({ name, runs }) => {
    const ratios = runs.map((run, round) => run.seconds / (yardstick[round]?.seconds ?? Number.NaN));
    const cpu = spread(runs.map((run) => run.cpuSeconds))[1];
    const peak = Math.max(...runs.map((run) => run.peakBytes)) / 1e6;
    const seconds = figures(runs.map((run) => run.seconds));
    return `| ${name} | ${seconds} | ${figures(ratios)} | ${cpu.toFixed(1)} | ${peak.toFixed(0)} |`;
  });
  return ['| what | seconds | ÷ first line | CPU seconds | peak MB |', '|---|---|---|---|---|', ...lines, ''].join(
    '\n',
  );
}

function figures(values: number[]): string {
  return spread(values)
    .map((value) => value.toFixed(2))
    .join(' · ');
}

function spread(values: number[]): [number, number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return [at(0), at(Math.floor(sorted.length / 2)), at(sorted.length - 1)];
}

/** The machine in general terms: nothing that names this one. */
function machine(): string {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${availableParallelism()} cores (${model}, ${process.arch}), ${memory} GiB, ${system}, Node ${process.versions.node}`;
}

/** Writes the page to `bench/results` and returns its path. */
export function saveReport(sections: Section[], runs: number): string {
  const day = new Date().toISOString().slice(0, 10);
  const file = join(RESULTS, `${day}-${availableParallelism()}-core-${process.arch}.md`);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(file, report(sections, runs));
  return file;
}
