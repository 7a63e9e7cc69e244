import { parseArgs } from 'node:util';
import { removeScratch, scratch, without } from '../test/support/engines.ts';
import { Docker } from '../test/support/engines-docker.ts';
import { Podman } from '../test/support/engines-podman.ts';
import { contenders } from './contenders.ts';
import type { Contender } from './contenders.ts';
import { makeInputs } from './inputs.ts';
import type { Input } from './inputs.ts';
import { measure } from './measure.ts';
import type { Measurement } from './measure.ts';
import { report, saveReport, table } from './report.ts';
import type { Row, Section } from './report.ts';

const HELP = `Usage: npm run bench -- [--gb 2] [--runs 3] [--no-save]

Measures lading convert against docker, podman, checksums and cp on real container exports, in alternating runs.
  --gb       the size of the plain export in GB (10^9 bytes), by default 2
  --runs     how often each contender runs, by default 3
  --no-save  write no page to bench/results
Needs root and the engines that scripts/install-engines.sh installs; takes about four times --gb on the disk.
`;

/** The most memory that the whole process of a conversion may take, in bytes. */
const MEMORY_LIMIT = 200e6;

const { values } = parseArgs({
  options: {
    gb: { type: 'string', default: '2' },
    runs: { type: 'string', default: '3' },
    'no-save': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help === true) process.stdout.write(HELP);
else process.exitCode = await main(Number(values.gb), Number(values.runs), values['no-save'] !== true);

async function main(gb: number, runs: number, save: boolean): Promise<number> {
  const reason = without('dockerd', 'docker', 'podman', 'debootstrap', 'openssl', 'pigz', 'time');
  if (reason !== false) throw new Error(`Cannot measure: ${reason}`);
  const dir = scratch('bench');
  const docker = await Docker.start();
  const podman = new Podman();
  try {
    const sections: Section[] = [];
    for (const input of await makeInputs(gb, docker, dir))
      sections.push({ input, rows: await rounds(input, contenders(input, { docker, podman, dir }), runs) });
    process.stdout.write(report(sections, runs));
    if (save) process.stderr.write(`Written to ${saveReport(sections, runs)}\n`);
    return sections.every(({ rows }) => rows.every((row) => !row.ours || withinMemory(row))) ? 0 : 1;
  } finally {
    await podman.stop();
    await docker.stop();
    await removeScratch(dir);
  }
}

/** Every contender once a round, each round beginning with the next one, so that no place in the order favours one. */
async function rounds(input: Input, all: Contender[], runs: number): Promise<Row[]> {
  const measured = new Map<Contender, Measurement[]>(all.map((contender) => [contender, []]));
  for (let round = 0; round < runs; round++) {
    for (const index of all.keys()) {
      const contender = all[(index + round) % all.length];
      if (contender !== undefined) measured.get(contender)?.push(await measure(contender));
    }
    process.stderr.write(`${input.name}: round ${round + 1} of ${runs}\n`);
  }
  const rows = all.map((contender) => ({
    name: contender.name,
    ours: contender.ours,
    runs: measured.get(contender) ?? [],
  }));
  process.stderr.write(table(rows));
  return rows;
}

function withinMemory(row: Row): boolean {
  const peak = Math.max(...row.runs.map((run) => run.peakBytes));
  if (peak < MEMORY_LIMIT) return true;
  process.stderr.write(
    `${row.name} took ${Math.round(peak / 1e6)} MB of memory; the limit is ${MEMORY_LIMIT / 1e6} MB.\n`,
  );
  return false;
}
