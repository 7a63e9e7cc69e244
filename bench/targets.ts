import type { Row } from './measure.ts';

/** A target of the benchmark: a limit for a measured figure, the figure, and whether it keeps the limit. */
export interface Target {
  what: string;
  limit: string;
  figure: string;
  met: boolean;
}

type Unit = '×' | 'MB' | 'MiB' | 'ms' | 'kB' | 'bytes' | 'requests' | 'µ$';

export function atMost(what: string, value: number, limit: number, unit: Unit): Target {
  return { what, limit: `at most ${inUnit(limit, unit)}`, figure: inUnit(value, unit), met: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit: Unit): Target {
  return { what, limit: `at least ${inUnit(limit, unit)}`, figure: inUnit(value, unit), met: value >= limit };
}

export function holds(what: string, met: boolean): Target {
  return { what, limit: 'yes', figure: met ? 'yes' : 'no', met };
}

function inUnit(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return 'not measured';
  return `${value.toLocaleString('en', { maximumFractionDigits: unit === '×' ? 2 : 1 })} ${unit}`;
}

/**
 * The time of the command `name` divided by the time of the command `to` in the same round: the median of all rounds of
 * the benchmark. NaN when one of the two did not run.
 */
export function ratio(rows: Row[], name: string, to: string): number {
  const runsOf = (wanted: string) => rows.find((row) => row.name === wanted)?.runs ?? [];
  const base = runsOf(to);
  const ratios = runsOf(name).flatMap(({ seconds }, round) => {
    const other = base[round];
    return other === undefined ? [] : [seconds / other.seconds];
  });
  return spread(ratios).median;
}

/**
 * The largest peak memory of any run of the command `name`, in MB (10^6 bytes). Throws an Error when it did not run.
 */
export function peakMB(rows: Row[], name: string): number {
  return Math.max(...rowOf(rows, name).runs.map(({ peakBytes }) => peakBytes)) / 1e6;
}

/**
 * The largest value of a figure in any run of the command `name`; NaN when a run lacks the figure. Throws an Error when
 * the command did not run.
 */
export function largest(rows: Row[], name: string, figure: string): number {
  return Math.max(...rowOf(rows, name).runs.map(({ figures }) => figures[figure] ?? Number.NaN));
}

export function rowOf(rows: Row[], name: string): Row {
  const found = rows.find((row) => row.name === name);
  if (found === undefined) throw new Error(`Cannot compare with ${name}: it did not run`);
  return found;
}

export function spread(values: number[]): { min: number; median: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const [last, middle] = [sorted.length - 1, (sorted.length - 1) / 2];
  return { min: at(0), median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2, max: at(last) };
}
