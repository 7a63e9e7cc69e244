import { FAMILIES } from '../../test/support/expensive/all.ts';
import type { Family } from '../../test/support/expensive/family.ts';
import { archive, exportEntries } from '../../test/support/tar-builder.ts';
import type { Section } from '../bench.ts';
import { expansions } from '../expensive/expansion.ts';
import { plot } from '../expensive/plot.ts';
import { type Command, COMMANDS, run } from '../expensive/run.ts';
import {
  cpuPerMB,
  type Floor,
  type Point,
  type Series,
  summary,
  summaryTable,
  targetsOf,
} from '../expensive/summary.ts';

/** The sizes in which every kind of input is measured: each number says how many times the largest size is halved. */
const FEW_STEPS = [0, 2, 4];
/**
 * The further sizes in which only expensive kinds of input are measured: each number says how many times the largest
 * size is halved.
 */
const OTHER_STEPS = [1, 3, 5, 6];
/**
 * The commands of `lading` that are measured in addition to `serve`, with the most expensive size of a kind of input.
 * `serve` takes the most in nearly all cases, because it does the work of both Lambda functions. Of the others, only
 * `files` merges layers.
 */
const OTHER_COMMANDS = ['files', 'inspect', 'quick'] as const satisfies Command[];
/**
 * The CPU seconds, or the bytes of memory, above which a kind of input is measured in all sizes: a third of the most
 * CPU time that is allowed, and half of the memory.
 */
const CLOSE = { cpuSeconds: 0.7, peakBytes: 130e6 };

/**
 * The section of the benchmark that measures archives which are made to be expensive: their cost must stay below a
 * bound, and grow no faster than their size.
 */
export const expensive: Section = {
  name: 'expensive',
  title: 'Expensive inputs',
  how: `Archives and options that are made to be expensive, ${FAMILIES.length} kinds (test/support/expensive), each in three sizes
up to the bound. Kinds that take more than ${CLOSE.cpuSeconds} s or ${CLOSE.peakBytes / 1e6} MB at one of them are measured in seven sizes, each twice
the one before. \`serve\` reads all sizes, the other commands the most expensive one. Costs are those of the whole process, its
start included. The plots show the CPU time over the size before compression: the red line is 2 s, the
dashed one has the slope of a linear cost.`,
  needs: ['bzip2', 'xz'],
  async run({ options }) {
    const floor = await floorOf();
    const all: Series[] = [];
    const texts = options.kinds.split(',');
    for (const family of FAMILIES.filter(({ name }) => texts.some((text) => name.includes(text))))
      all.push(await seriesOf(family));
    const lines = summary(all, floor);
    const honest = await expansions(floor);
    const byReader = [...Map.groupBy([...all, ...honest.series], ({ reader }) => reader)];
    return {
      tables: [],
      targets: [...targetsOf(all, lines), ...honest.targets],
      text: summaryTable(lines),
      plots: byReader.map(([reader, series]) => ({ name: reader, svg: plot(reader, series) })),
    };
  },
};

async function floorOf(): Promise<Floor> {
  const small = { archive: archive(exportEntries()) };
  const costs = [];
  for (const command of COMMANDS) costs.push([command, await run(command, small)] as const);
  return Object.fromEntries(costs) as Floor;
}

/**
 * Measures a family, that is inputs of one kind in several sizes, and returns CPU time and memory. `lading serve` reads
 * three sizes and, if one of these is expensive, four more. The other commands read the most expensive size: `files`
 * always, the rest only if a size was expensive. An input that has options beside it is read by `serve` alone.
 */
async function seriesOf(family: Family): Promise<Series> {
  const { reader, name } = family;
  const points = await pointsOf(family, FEW_STEPS);
  const isClose = (all: readonly Point[]) =>
    all.some(({ cpuSeconds, peakBytes }) => cpuSeconds > CLOSE.cpuSeconds || peakBytes > CLOSE.peakBytes);
  if (isClose(points)) points.push(...(await pointsOf(family, OTHER_STEPS)));
  const [worst] = points.toSorted((a, b) => cpuPerMB(b) - cpuPerMB(a));
  if (worst === undefined) throw new Error('Cannot measure: there are no sizes');
  const others: Point[] = [];
  const commands: readonly Command[] = family.make(1024).sidecar === undefined ? OTHER_COMMANDS : [];
  for (const command of commands) {
    if (command === 'files' || isClose(points)) others.push(await pointOf(family, worst.size, command));
  }
  process.stderr.write(`  ${name}: ${worst.cpuSeconds.toFixed(2)} s\n`);
  return { reader, name, points: points.toSorted((a, b) => a.size - b.size), others };
}

async function pointsOf(family: Family, steps: readonly number[]): Promise<Point[]> {
  const points: Point[] = [];
  for (const step of steps) points.push(await pointOf(family, Math.floor(family.most / 2 ** step), 'serve'));
  return points;
}

async function pointOf(family: Family, size: number, command: Command): Promise<Point> {
  const upload = family.make(size);
  const sent = upload.archive.length + Buffer.byteLength(upload.sidecar ?? '');
  return { ...(await run(command, upload)), sent, size };
}
