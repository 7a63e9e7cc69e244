import { createHash } from 'node:crypto';
import { openSync } from 'node:fs';
import { main } from '../cli/main.ts';
import { readRange } from '../node/files.ts';
import type { Workload } from './workload.ts';
import type { Figures } from './measure.ts';
import { S3_WORKLOADS } from './work-s3.ts';

// `node work.ts JOB NAME` measures a job without the start of Node. It loads what the job needs, starts the clock, does
// the job, and prints the figures as JSON in the last line.

const WORKLOADS: Record<string, Workload> = {
  ...S3_WORKLOADS,
  hash: async (file) => () => hash(file),
  inspect: async (file) => {
    await import('../cli/commands/inspect.ts');
    return () => inspect(file);
  },
};

const [job = '', name = ''] = process.argv.slice(2);
const work = await WORKLOADS[job]?.(name);
if (work === undefined) throw new Error(`Cannot measure ${job}: there is no such job`);
const started = performance.now();
const figures = await work();
process.stdout.write(`\n${JSON.stringify({ seconds: (performance.now() - started) / 1000, ...figures })}`);
process.exit(); // idle connections would keep the process alive

async function hash(file: string): Promise<Figures> {
  const sum = createHash('sha256');
  for await (const chunk of readRange(openSync(file, 'r'), 0, Number.MAX_SAFE_INTEGER)) sum.update(chunk);
  sum.digest();
  return {};
}

async function inspect(file: string): Promise<Figures> {
  const { stdin, stdout, stderr, env } = process;
  const { signal } = new AbortController();
  const code = await main(['inspect', '--quiet', file], { stdin, stdout, stderr, env, now: Date.now, signal });
  if (code !== 0) throw new Error(`Cannot measure inspect: exit code ${code}`);
  return {};
}
