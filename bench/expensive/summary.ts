import { holds, type Target } from '../targets.ts';
import type { Cost } from './run.ts';

/** The most that an uploaded megabyte may cost, the start of the process included. */
const BUDGET = { cpuSeconds: 2, megabytes: 250 };
/** The largest slope of the cost over the size, both as logarithms. A linear cost has 1; the rest is for noise. */
const MOST_SLOPE = 1.2;
/** Costs above those of an empty run that are too small to compute a slope from. */
const NOISE = { cpuSeconds: 0.15, megabytes: 40 };
const MB = 1e6;

/** The cost of one size of a family. */
export interface Point extends Cost {
  /** Bytes of the upload, options included. */
  sent: number;
  /** The size in bytes that the family was asked to make. */
  size: number;
}

/** The costs of all measured sizes of a family. */
export interface Series {
  reader: string;
  name: string;
  points: Point[];
  /** The costs of the most expensive size, for other commands. */
  others?: Point[];
}

/** The costs of a small archive, for each command. */
export type Floor = Record<Cost['command'], Cost>;

/** The worst figure of all families, and the family's name. */
export interface Worst {
  value: number;
  name: string;
}

/** The worst figures of one reader. */
export interface Line {
  reader: string;
  cpuSeconds: Worst;
  megabytes: Worst;
  cpuSlope: Worst;
  memorySlope: Worst;
}

/** CPU seconds for each uploaded megabyte. A smaller upload counts as one megabyte. */
export function cpuPerMB({ cpuSeconds, sent }: Point): number {
  return cpuSeconds / Math.max(1, sent / MB);
}

function megabytesPerMB({ peakBytes, sent }: Point): number {
  return peakBytes / MB / Math.max(1, sent / MB);
}

/** The worst figures of each reader. */
export function summary(all: readonly Series[], floor: Floor): Line[] {
  const cpuAbove = ({ command, cpuSeconds }: Point) => cpuSeconds - floor[command].cpuSeconds;
  const memoryAbove = ({ command, peakBytes }: Point) => (peakBytes - floor[command].peakBytes) / MB;
  return [...Map.groupBy(all, ({ reader }) => reader)].map(([reader, group]) => ({
    reader,
    cpuSeconds: worst(group, ({ points, others = [] }) => Math.max(...[...points, ...others].map(cpuPerMB))),
    megabytes: worst(group, ({ points, others = [] }) => {
      // `lading files` keeps all paths of an image: LIMITS.mergedPaths bounds its memory.
      const bounded = [...points, ...others].filter(({ command }) => command !== 'files');
      return Math.max(...bounded.map(megabytesPerMB));
    }),
    cpuSlope: worst(group, ({ points }) => slope(points, cpuAbove, NOISE.cpuSeconds)),
    memorySlope: worst(group, ({ points }) => slope(points, memoryAbove, NOISE.megabytes)),
  }));
}

function worst(group: readonly Series[], figure: (series: Series) => number): Worst {
  return group
    .map((series) => ({ value: figure(series), name: series.name }))
    .filter(({ value }) => !Number.isNaN(value))
    .reduce((a, b) => (b.value > a.value ? b : a), { value: 0, name: '' });
}

/**
 * Slope of the line through the points (least squares, both axes as logarithms), up to the most expensive one: beyond a bound
 * an upload is refused, and costs less. NaN with fewer than three points above the noise.
 */
export function slope(points: readonly Point[], cost: (point: Point) => number, noise: number): number {
  const peak = Math.max(...points.map(cost));
  const upTo = points.findLastIndex((point) => cost(point) === peak);
  const known = points.slice(0, upTo + 1).filter((point) => cost(point) >= noise);
  if (known.length < 3) return Number.NaN;
  const x = known.map(({ size }) => Math.log(size));
  const y = known.map((point) => Math.log(cost(point)));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [middleX, middleY] = [mean(x), mean(y)];
  const over = mean(x.map((value, at) => (value - middleX) * ((y[at] ?? 0) - middleY)));
  return over / mean(x.map((value) => (value - middleX) ** 2));
}

/** The targets that all readers together must meet. */
export function targetsOf(all: readonly Series[], lines: readonly Line[]): Target[] {
  const faults = all.flatMap(({ name, points, others = [] }) =>
    [...points, ...others].flatMap(({ fault }) => (fault === null ? [] : [`${name}: ${fault}`])),
  );
  return [
    {
      ...holds('every expensive input ends as a result', faults.length === 0),
      figure: faults.length === 0 ? 'yes' : faults.slice(0, 5).join('; '),
    },
    most('CPU for a megabyte sent', lines, 'cpuSeconds', BUDGET.cpuSeconds, 's'),
    most('memory for a megabyte sent', lines, 'megabytes', BUDGET.megabytes, 'MB'),
    most('slope of the CPU time over the size', lines, 'cpuSlope', MOST_SLOPE, ''),
    most('slope of the memory over the size', lines, 'memorySlope', MOST_SLOPE, ''),
  ];
}

function most(
  what: string,
  lines: readonly Line[],
  figure: Exclude<keyof Line, 'reader'>,
  limit: number,
  unit: string,
): Target {
  const { value, name } = lines
    .map((line) => line[figure])
    .reduce((a, b) => (b.value > a.value ? b : a), { value: 0, name: '' });
  return {
    what,
    limit: `at most ${limit} ${unit}`.trim(),
    figure: name === '' ? 'too small to tell' : `${shown(value)} ${unit} (${name})`.replace('  ', ' '),
    met: value <= limit,
  };
}

/** The worst figures of each reader as a table in Markdown. */
export function summaryTable(lines: readonly Line[]): string {
  const cell = ({ value, name }: Worst, reader: string) =>
    name === '' ? '–' : `${shown(value)} (${name.replace(`${reader}: `, '')})`;
  const head = ['reader', 'CPU s for 1 MB sent', 'MB for 1 MB sent', 'slope of CPU', 'slope of memory'];
  const rows = lines.map((line) => {
    const worsts = [line.cpuSeconds, line.megabytes, line.cpuSlope, line.memorySlope];
    return [line.reader, ...worsts.map((each) => cell(each, line.reader))];
  });
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |\n`).join('');
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toString() : value.toFixed(2);
}
