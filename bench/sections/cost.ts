import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { deployedFunctions } from '../../test/runtime/deployed.ts';
import { BUCKETS, objectCreated, queued } from '../../test/support/functions.ts';
import { type Deployed, LambdaEnvironment, withoutLambda } from '../../test/support/lambda.ts';
import { openEngine, type S3Engine } from '../../test/support/s3-engine.ts';
import { localClient, makeBuckets } from '../../test/support/s3-harness.ts';
import type { Bench, Section } from '../bench.ts';
import { exported, packed } from '../inputs.ts';
import type { Measurement, Row } from '../measure.ts';
import { MeteredLink } from '../metered-link.ts';
import { atMost, largest, rowOf, type Target } from '../targets.ts';

/** The bytes per second at which S3 is assumed to send to one Lambda function. Others have measured 60 to 75 MB/s. */
const S3_BYTES_PER_SECOND = 75e6;
/** The price of a GB-second of Lambda on arm64 in US dollars (list price of us-east-1). */
const GB_SECOND = 0.000_013_333_4;
/** The MB of memory for which Lambda gives a function one whole CPU. */
const ONE_CPU = 1769;
const MEMORY = [512, 640, 768, 896, 1024, 1280, 1769, 3008];
/**
 * The key of a sidecar, the S3 object with the options of an upload. The inspect function ignores an event for a
 * sidecar, and answers it without a request to S3. Each run sends such an event first, so that the function has started.
 * Then it measures the event for the upload. So the time of the start is not in the measurement.
 */
const SIDECAR = 'a.lading.json';

/**
 * The name that the cost of an inspection has in the results. The cost is in millionths of a US dollar, for each GB of
 * the upload as it is stored.
 */
const COST = 'µ$ a stored GB';

/**
 * The section of the benchmark that measures what an inspection costs in Lambda at each size of memory. The memory
 * decides the CPU that the function gets.
 */
export const cost: Section = {
  name: 'cost',
  title: 'Cost of an inspection by memory',
  how: `The deployed bundle of the inspect function under Lambda's own runtime client, in a container with the CPU that Lambda gives for each size of memory (1,769 MB: one CPU), which comes before all other work of the machine. It reads over TLS from a real S3 engine that gives ${S3_BYTES_PER_SECOND / 1e6} MB/s in all. Each run has a new environment, whose start is not counted. A GB-second costs $${GB_SECOND}, that is arm64 in us-east-1; the CPU is this machine's.`,
  needs: ['runc', 'setpriv', 'openssl', 'dockerd', 'debootstrap', 'pigz', 'xz', 'zstd'],
  async run(bench) {
    const reason = withoutLambda();
    if (reason !== false) throw new Error(`Cannot measure the cost: ${reason}`);
    const { gb } = bench.options;
    const inputs = {
      plain: await exported(bench, gb),
      gzip: await packed(bench, gb, 'pigz'),
      zstd: await packed(bench, gb, 'zstd'),
      xz: await packed(bench, gb / 5, 'xz -T1'),
    };
    const engine = await openEngine();
    const link = await MeteredLink.to(engine.endpoint, S3_BYTES_PER_SECOND, bench.dir);
    const client = localClient(engine);
    try {
      await makeBuckets(client, Object.values(BUCKETS));
      const deployed = reading(link, engine.credentials, bench);
      const tables = [];
      const targets: Target[] = [];
      for (const [name, file] of Object.entries(inputs)) {
        await client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key: name, Body: readFileSync(file) }));
        const rows = await measured(name, statSync(file).size, deployed, client, bench);
        tables.push({ title: `${name}, ${(statSync(file).size / 1e9).toFixed(2)} GB stored`, rows });
        targets.push(...targetsOf(name, rows, deployed.memoryMiB));
      }
      return { tables, targets };
    } finally {
      client.destroy();
      link.stop();
      await engine.stop();
    }
  },
};

/**
 * Returns the inspect function as it is deployed to Lambda, with two differences. It reads from S3 through `link`, a
 * relay of limited speed, and it trusts the relay's certificate.
 */
function reading(link: MeteredLink, { accessKeyId, secretAccessKey }: S3Engine['credentials'], bench: Bench): Deployed {
  const deployed = deployedFunctions({
    UPLOADS_BUCKET: BUCKETS.uploads,
    RESULTS_BUCKET: BUCKETS.results,
    AWS_ENDPOINT_URL_S3: link.endpoint,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: 'us-east-1',
    S3_PATH_STYLE: 'true',
    NODE_EXTRA_CA_CERTS: '/var/task/certificate.pem',
  }).Inspect;
  const dir = join(bench.dir, 'function');
  cpSync(deployed.dir, dir, { recursive: true });
  cpSync(link.certificate, join(dir, 'certificate.pem'));
  return { ...deployed, dir };
}

async function measured(
  key: string,
  bytes: number,
  deployed: Deployed,
  client: S3Client,
  bench: Bench,
): Promise<Row[]> {
  const rows = MEMORY.map((memory): Row => ({ name: `${memory} MB`, runs: [] }));
  for (let round = 0; round < bench.options.rounds; round++) {
    for (const [i, memory] of MEMORY.entries()) {
      const run = await inspection(key, bytes, { ...deployed, memoryMiB: memory, cpus: memory / ONE_CPU });
      rows[i]?.runs.push(run);
      process.stderr.write(`  ${key}, ${memory} MB: ${run.seconds.toFixed(2)} s\n`);
      await client.send(new DeleteObjectCommand({ Bucket: BUCKETS.results, Key: `${key}/inspection.json` }));
    }
  }
  return rows;
}

async function inspection(key: string, bytes: number, deployed: Deployed): Promise<Measurement> {
  const environment = await LambdaEnvironment.start(deployed);
  try {
    await answered(environment, SIDECAR);
    const started = performance.now();
    await answered(environment, key);
    const seconds = (performance.now() - started) / 1000;
    const dollars = (seconds * (deployed.memoryMiB / 1024) * GB_SECOND) / (bytes / 1e9);
    return {
      seconds,
      cpuSeconds: Number.NaN,
      peakBytes: environment.peakMiB() * 2 ** 20,
      figures: { 'MB/s': bytes / 1e6 / seconds, [COST]: dollars * 1e6 },
    };
  } finally {
    await environment.stop();
  }
}

async function answered(environment: LambdaEnvironment, key: string): Promise<void> {
  const answer = await environment.invoke(queued(objectCreated(BUCKETS.uploads, key)));
  if (answer.kind !== 'answer') throw new Error(`Cannot inspect ${key}: ${answer.errorMessage}\n${environment.log}`);
}

/**
 * The most that an inspection may cost, in millionths of a US dollar for each stored GB, by the compression of the
 * input. An input that is not listed has no target.
 */
const TARGETS: Record<string, number> = { plain: 150, gzip: 300 };

function targetsOf(name: string, rows: Row[], memory: number): Target[] {
  const own = `${memory} MB`;
  const limit = TARGETS[name];
  const peak = Math.max(...rowOf(rows, own).runs.map(({ peakBytes }) => peakBytes)) / 2 ** 20;
  return [
    ...(limit === undefined ? [] : [atMost(`${COST} of ${name} at ${own}`, largest(rows, own, COST), limit, 'µ$')]),
    atMost(`peak memory for ${name} at ${own}`, peak, memory * 0.75, 'MiB'),
  ];
}
