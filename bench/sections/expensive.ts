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

/** The number of times that the size of an upload is doubled, up to the largest size of its family. */
const DOUBLINGS = 6;

/** Measures the cost of expensive uploads: it must stay below a bound, and grow no faster than the size. */
export const expensive: Section = {
  name: 'expensive',
  title: 'Expensive inputs',
  how: `Archives and options that are made to be expensive, ${FAMILIES.length} kinds (test/support/expensive), each in sizes doubled until
the bound. All commands read the largest one; the one that takes the most CPU time reads the smaller ones. Costs are those of
the whole process, its start included. The plots show the CPU time over the size before compression: the red line is 2 s, the
dashed one has the slope of a linear cost.`,
  needs: ['bzip2', 'xz'],
  async run({ options }) {
    const floor = await floorOf();
    const all: Series[] = [];
    for (const family of FAMILIES.filter(({ name }) => name.includes(options.kinds))) all.push(await seriesOf(family));
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

async function seriesOf(family: Family): Promise<Series> {
  const { reader, name, most } = family;
  const commands: readonly Command[] = family.make(1024).sidecar === undefined ? COMMANDS : ['serve'];
  const largest: Point[] = [];
  for (const command of commands) largest.push(await pointOf(family, most, command));
  const [worst] = largest.toSorted((a, b) => cpuPerMB(b) - cpuPerMB(a));
  if (worst === undefined) throw new Error('Cannot measure: there are no commands');
  const smaller: Point[] = [];
  for (let step = DOUBLINGS; step > 0; step--)
    smaller.push(await pointOf(family, Math.floor(most / 2 ** step), worst.command));
  process.stderr.write(`  ${name}: ${worst.cpuSeconds.toFixed(2)} s\n`);
  const others = largest.filter((each) => each !== worst);
  return { reader, name, points: [...smaller, worst], others };
}

async function pointOf(family: Family, size: number, command: Command): Promise<Point> {
  const upload = family.make(size);
  const sent = upload.archive.length + Buffer.byteLength(upload.sidecar ?? '');
  return { ...(await run(command, upload)), sent, size };
}
