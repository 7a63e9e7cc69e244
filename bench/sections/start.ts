import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deployedFunctions } from '../../test/runtime/deployed.ts';
import { BUCKETS, objectCreated, queued } from '../../test/support/functions.ts';
import { coldStart, type Deployed, withoutLambda } from '../../test/support/lambda.ts';
import type { Bench, Section } from '../bench.ts';
import type { Measurement, Row } from '../measure.ts';
import { atMost, largest, rowOf, spread } from '../targets.ts';

/**
 * The key of a sidecar, the S3 object with the options of an upload. The inspect and the convert function ignore events
 * for sidecars, and so answer them without a request to S3. By such events the start alone is measured.
 */
const SIDECAR = 'a.lading.json';

const EMPTY = 'a function that does nothing';

/**
 * The section of the benchmark that measures how long a new Lambda function takes until its first event is answered. It
 * also measures how large the function's code is.
 */
export const start: Section = {
  name: 'start',
  title: 'Cold start',
  how: "The deployed bundles under Lambda's own runtime client, from nothing until the first event is answered. The container's start is counted too: what a function that does nothing takes is the floor.",
  needs: ['runc', 'setpriv'],
  async run(bench) {
    const reason = withoutLambda();
    if (reason !== false) throw new Error(`Cannot measure the start: ${reason}`);
    const deployed = deployedFunctions({
      UPLOADS_BUCKET: BUCKETS.uploads,
      RESULTS_BUCKET: BUCKETS.results,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
    });
    const { Inspect, Convert } = deployed;
    const rows = await rounds(bench, { [EMPTY]: emptyFunction(bench, Inspect), Inspect, Convert });
    return {
      tables: [{ title: 'From nothing to the first answer', rows }],
      targets: ['Inspect', 'Convert'].flatMap((name) => [
        atMost(`bundle of ${name}`, largest(rows, name, 'bundle bytes') / 1000, 900, 'kB'),
        atMost(`first answer of ${name}`, 1000 * median(rows, name), 300, 'ms'),
      ]),
    };
  },
};

function emptyFunction(bench: Bench, like: Deployed): Deployed {
  const dir = join(bench.dir, 'empty');
  mkdirSync(dir, { mode: 0o755 });
  writeFileSync(join(dir, 'index.mjs'), 'export const handler = async () => ({});\n');
  return { ...like, dir, handler: 'index.handler' };
}

async function rounds(bench: Bench, functions: Record<string, Deployed>): Promise<Row[]> {
  const rows = Object.keys(functions).map((name): Row => ({ name, runs: [] }));
  for (let round = 0; round < bench.options.rounds; round++) {
    for (const { name, runs } of rows) {
      const each = functions[name];
      if (each !== undefined) runs.push(await first(name, each));
    }
  }
  return rows;
}

async function first(name: string, deployed: Deployed): Promise<Measurement> {
  const bucket = name === 'Convert' ? BUCKETS.results : BUCKETS.uploads;
  const seconds = (await coldStart(deployed, queued(objectCreated(bucket, SIDECAR)))) / 1000;
  const code = readdirSync(deployed.dir).filter((file) => file.endsWith('.mjs'));
  const size = code.reduce((sum, file) => sum + statSync(join(deployed.dir, file)).size, 0);
  return { seconds, cpuSeconds: Number.NaN, peakBytes: Number.NaN, figures: { 'bundle bytes': size } };
}

function median(rows: Row[], name: string): number {
  return spread(rowOf(rows, name).runs.map(({ seconds }) => seconds)).median;
}
