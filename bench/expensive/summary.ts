import { holds, type Target } from '../targets.ts';
import type { Cost } from './run.ts';

/**
 * The most CPU seconds and megabytes of memory that a command may take for each uploaded megabyte, the start of its
 * process included. An upload of less than a megabyte may take as much as one of a megabyte.
 */
const BUDGET = { cpuSeconds: 2, megabytes: 250 };
/**
 * The largest allowed slope of CPU time or memory over the size of the input, all as logarithms. A cost that is
 * proportional to the size has the slope 1; the rest is for noise.
 */
const MOST_SLOPE = 1.2;
/**
 * The CPU seconds and megabytes of memory from which on a measured value counts for a slope; smaller values are mostly
 * noise. Before the comparison, those that a small archive takes are subtracted from the value.
 */
const NOISE = { cpuSeconds: 0.15, megabytes: 40 };
const MB = 1e6;

/** The CPU time and memory that a command takes for one input of a family (inputs of one kind in several sizes). */
export interface Point extends Cost {
  /** The number of bytes that are uploaded: the archive and its options. */
  sent: number;
  /** The size in bytes before compression that the input was asked to have when it was made. */
  size: number;
}

/**
 * The CPU time and memory that `lading` takes for one family, that is for inputs of one kind in several sizes. `reader`
 * is the part of Lading that reads their format; `name` is the name of the family.
 */
export interface Series {
  reader: string;
  name: string;
  points: Point[];
  /**
   * The CPU time and memory that commands other than `serve` took for the most expensive size. Absent or empty when
   * none was measured.
   */
  others?: Point[];
}

/**
 * For each command, the CPU time and memory that it takes for a small archive. They are subtracted from those of other
 * runs.
 */
export type Floor = Record<Cost['command'], Cost>;

/**
 * The largest value of a figure among several kinds of inputs, and the name of the kind that has it. When the figure is
 * not known for any kind, the name is empty and the value 0.
 */
export interface Worst {
  value: number;
  name: string;
}

/**
 * The worst figures of one reader, a part of Lading that reads one format: CPU seconds and megabytes of memory for one
 * uploaded megabyte, and the slopes of CPU time and memory over the size of the input.
 */
export interface Line {
  reader: string;
  cpuSeconds: Worst;
  megabytes: Worst;
  cpuSlope: Worst;
  memorySlope: Worst;
}

/** The CPU seconds of a run divided by the uploaded megabytes. A smaller upload counts as one megabyte. */
export function cpuPerMB({ cpuSeconds, sent }: Point): number {
  return cpuSeconds / Math.max(1, sent / MB);
}

function megabytesPerMB({ peakBytes, sent }: Point): number {
  return peakBytes / MB / Math.max(1, sent / MB);
}

/**
 * Finds the largest CPU time and memory for an uploaded megabyte, and their steepest slopes over the size of the input.
 * Returns these values for each reader, a part of Lading that reads one format. The memory of `lading files` is left
 * out, because `LIMITS.mergedPaths` bounds it. `floor` is the cost of a small archive, which is subtracted for the
 * slopes.
 */
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
 * The slope of a cost (CPU time or memory) over the size of the input, by least squares with both as logarithms.
 * `points` are sorted by size. Points larger than the most expensive one are left out: uploads that are too large are
 * refused, and cost less. NaN when fewer than three points cost at least `noise`, a value in the unit of the cost.
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

/**
 * Returns the targets for expensive inputs, and whether each is met. The targets are that every run has a result, and
 * that CPU time, memory and their slopes over the size stay within bounds.
 */
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

/** A table in Markdown with the largest CPU time, memory and slopes for each format that Lading reads. */
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
