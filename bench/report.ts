import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Findings, Options, Plot, Section } from './bench.ts';
import type { Row } from './measure.ts';
import { spread, type Target } from './targets.ts';

/** A section of the benchmark, and its results. */
export type Chapter = Section & Findings;

const RESULTS = join(import.meta.dirname, 'results');

/**
 * The page with the results of the benchmark, in Markdown: the machine, the targets, and the tables of each section.
 */
export function page(chapters: Chapter[], { gb, rounds, rivalRounds }: Options): string {
  const head = `# Speed and size, measured

${machine()}. Large inputs of ${gb} GB; ${rounds} rounds, of slow rivals ${rivalRounds}. Three figures are
minimum · median · maximum; ratios are taken within each round to the first line. How all is measured:
[bench/README.md](../README.md).

## Targets

${targetTable(chapters.flatMap(({ targets }) => targets))}
`;
  return [head, ...chapters.map(chapter)].join('\n');
}

function chapter({ title, how, tables, text, plots = [] }: Chapter): string {
  return [
    `## ${title}\n\n${how}\n`,
    ...(text === undefined ? [] : [text]),
    ...tables.map((each) => `### ${each.title}\n\n${table(each.rows)}`),
    ...plots.map((each) => `![${each.name}](${fileOf(each)})\n`),
  ].join('\n');
}

/** The path of a plot's SVG file, relative to the folder of the page with the results. */
function fileOf({ name }: Plot): string {
  return `plots/${name.replaceAll(/\W+/g, '-').toLowerCase()}.svg`;
}

export function targetTable(targets: Target[]): string {
  const lines = targets.map(({ what, limit, figure, met }) => [what, limit, figure, met ? 'met' : '**not met**']);
  return grid(['what', 'target', 'measured', ''], lines);
}

/**
 * A table in Markdown with a line for each measured command. The columns are its times in seconds (minimum, median,
 * maximum), their ratios to the times of the first command in the same rounds, its median CPU time in seconds, its peak
 * memory in MB, and the largest value of each of its figures. Columns without values are left out.
 */
export function table(rows: Row[]): string {
  const yardstick = rows[0]?.runs ?? [];
  const extra = [...new Set(rows.flatMap(({ runs }) => runs.flatMap(({ figures }) => Object.keys(figures))))];
  const lines = rows.map(({ name, runs }) => {
    const ratios = runs.map((run, round) => run.seconds / (yardstick[round]?.seconds ?? Number.NaN));
    const cpu = spread(runs.map((run) => run.cpuSeconds)).median;
    const peak = Math.max(...runs.map((run) => run.peakBytes)) / 1e6;
    const figures = extra.map((each) => whole(Math.max(...runs.map((run) => run.figures[each] ?? Number.NaN))));
    const seconds = runs.map((run) => run.seconds);
    return [name, three(seconds), three(ratios), Number.isNaN(cpu) ? '' : cpu.toFixed(1), whole(peak), ...figures];
  });
  return grid(['what', 'seconds', '÷ first line', 'CPU seconds', 'peak MB', ...extra], lines);
}

function grid(head: string[], lines: string[][]): string {
  const used = head.map((_, column) => lines.some((line) => line[column] !== ''));
  const rows = [head, head.map(() => '---'), ...lines].map((line) => line.filter((_, column) => used[column]));
  return rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function three(values: number[]): string {
  const { min, median, max } = spread(values);
  return [min, median, max].map((value) => value.toFixed(2)).join(' · ');
}

function whole(value: number): string {
  return Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en');
}

/**
 * Describes the machine that ran the benchmark, such as its CPU and memory, in one line of text. The text does not
 * identify the machine.
 */
function machine(): string {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model ?? 'unknown processor';
  const { node } = process.versions;
  return `${availableParallelism()} cores (${model}, ${process.arch}, ${hashing()}), ${memory} GiB, ${system}, Node ${node}`;
}

/**
 * The value of the environment variable that hides CPU instructions from OpenSSL, and so from Node and Lading.
 * Undefined when it is not set.
 */
const MASK = process.env['OPENSSL_ia32cap'];

/**
 * Says in words whether the CPU has SHA instructions that Lading can use. They make hashing so fast that all else takes
 * a larger share of the time.
 */
function hashing(): string {
  if (MASK !== undefined) return `SHA instructions hidden from OpenSSL by \`OPENSSL_ia32cap=${MASK}\``;
  const has = /\b(?:sha_ni|sha2)\b/.test(readFileSync('/proc/cpuinfo', 'utf8'));
  return has ? 'with SHA instructions' : 'without SHA instructions';
}

/**
 * Writes `text`, the page with the results of the benchmark, and its plots to `bench/results`. Returns the path of the
 * page. `only` has the names of the sections that ran, which become a part of the file's name; empty when all ran.
 */
export function save(text: string, only: string[], plots: Plot[]): string {
  const day = new Date().toISOString().slice(0, 10);
  const name = [
    day,
    `${availableParallelism()}-core`,
    process.arch,
    ...(MASK === undefined ? [] : ['no-sha']),
    ...only,
  ].join('-');
  const file = join(RESULTS, `${name}.md`);
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(file, text);
  for (const plot of plots) {
    mkdirSync(join(RESULTS, 'plots'), { recursive: true });
    writeFileSync(join(RESULTS, fileOf(plot)), plot.svg);
  }
  execFileSync('oxfmt', [file]);
  return file;
}
