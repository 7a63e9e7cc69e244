// Measures how long the installed command line takes to start, beside an empty Node: node bench/command-start.ts
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spread } from './targets.ts';
import { archive, exportEntries } from '../test/support/tar-builder.ts';
import { Project } from '../test/support/package.ts';

/**
 * The number of rounds in which the benchmark measures how long commands take to start. In each round every command
 * runs once, so that a change of the machine's load meets all of them.
 */
const ROUNDS = 21;

const project = await Project.make();
const small = join(project.dir, 'small.tar');
writeFileSync(small, archive(exportEntries()));

const commands = {
  'node -e 0': ['-e', '0'],
  'lading --version': [project.lading, '--version'],
  'lading inspect small.tar': [project.lading, 'inspect', small],
};

const times = new Map(Object.keys(commands).map((name): [string, number[]] => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, args] of Object.entries(commands)) {
    const started = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    times.get(name)?.push(performance.now() - started);
  }
}

const medians = [...times].map(([name, all]) => [name, spread(all).median] as const);
const [[, floor] = ['', Number.NaN]] = medians;
for (const [name, median] of medians)
  console.log(`${name.padEnd(26)} ${median.toFixed(1).padStart(6)} ms ${(median / floor).toFixed(2).padStart(5)} ×`);
