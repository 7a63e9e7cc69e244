import { parseArgs } from 'node:util';
import { without } from '../test/support/engines.ts';
import { Bench, type Findings, type Options, type Section } from './bench.ts';
import { type Chapter, page, save, table, targetTable } from './report.ts';
import { compressed } from './sections/compressed.ts';
import { cost } from './sections/cost.ts';
import { expensive } from './sections/expensive.ts';
import { gzip } from './sections/gzip.ts';
import { huge } from './sections/huge.ts';
import { memory } from './sections/memory.ts';
import { plain } from './sections/plain.ts';
import { quick } from './sections/quick.ts';
import { s3 } from './sections/s3.ts';
import { start } from './sections/start.ts';
import { tiny } from './sections/tiny.ts';
import { holds } from './targets.ts';

const SECTIONS: Section[] = [plain, gzip, compressed, tiny, memory, s3, quick, start, cost, expensive];

const HELP = `Usage: npm run bench -- [--only ${SECTIONS.map(({ name }) => name).join(',')}] [OPTIONS]

Measures Lading against its targets, its rivals and the floors under it, in alternating runs.
  --only NAMES       these sections, by default all
  --huge             also convert an export of 9 GiB, and have it loaded
  --size GB          of the large inputs, by default 1 (10^9 bytes)
  --rounds N         how often everything runs, by default 3
  --rival-rounds N   how often the slow rivals run, by default 1
  --inputs DIR       use the inputs that are there again, and keep those that are made
  --kinds TEXTS      of the expensive inputs only those whose name contains one of these, as "zip,config: history"
  --no-save          write no page to bench/results
Needs root and the engines that scripts/install-engines.sh installs. Ends with 1 when a target is not met.
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    huge: { type: 'boolean', default: false },
    size: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '3' },
    'rival-rounds': { type: 'string', default: '1' },
    inputs: { type: 'string' },
    kinds: { type: 'string', default: '' },
    save: { type: 'boolean', default: true },
    help: { type: 'boolean', short: 'h', default: false },
  },
  allowNegative: true,
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main();

async function main(): Promise<number> {
  const only = values.only?.split(',') ?? [];
  const options: Options = {
    gb: Number(values.size),
    rounds: Number(values.rounds),
    rivalRounds: Number(values['rival-rounds']),
    inputs: values.inputs ?? null,
    kinds: values.kinds,
  };
  const bench = new Bench(options);
  try {
    const chapters: Chapter[] = [];
    for (const section of chosen(only)) chapters.push({ ...section, ...(await runSection(section, bench)) });
    const text = page(chapters, options);
    process.stdout.write(text);
    if (values.save)
      process.stderr.write(
        `Written to ${save(
          text,
          only,
          chapters.flatMap(({ plots = [] }) => plots),
        )}\n`,
      );
    return chapters.every(({ targets }) => targets.every(({ met }) => met)) ? 0 : 1;
  } finally {
    await bench.stop();
  }
}

function chosen(only: string[]): Section[] {
  const unknown = only.find((each) => !SECTIONS.some(({ name }) => name === each));
  if (unknown !== undefined) throw new Error(`Cannot measure ${unknown}: there is no such section`);
  const sections = SECTIONS.filter(({ name }) => only.length === 0 || only.includes(name));
  return values.huge ? [...sections, huge] : sections;
}

/**
 * Runs a section of the benchmark, prints its tables and targets to standard error, and returns its results. After an
 * error, which is printed, the results are one target that is not met.
 */
async function runSection(section: Section, bench: Bench): Promise<Findings> {
  process.stderr.write(`${section.title}\n`);
  const findings = await measured(section, bench).catch((error: unknown): Findings => {
    process.stderr.write(`${String(error)}\n`);
    return { tables: [], targets: [holds(`the section ${section.name} runs`, false)] };
  });
  for (const { rows } of findings.tables) process.stderr.write(table(rows));
  process.stderr.write(targetTable(findings.targets));
  return findings;
}

async function measured(section: Section, bench: Bench): Promise<Findings> {
  const reason = without('time', ...section.needs);
  if (reason !== false) throw new Error(`Cannot measure ${section.name}: ${reason}`);
  return await section.run(bench);
}
