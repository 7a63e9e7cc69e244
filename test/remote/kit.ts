import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { noticeOf, World } from '../faults/world.ts';

/** The environment in which a command finds an S3 engine on this machine. */
export function s3Env(endpoint: string, credentials = { accessKeyId: 'any', secretAccessKey: 'any' }) {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    LADING_UPLOADS: 'uploads',
    LADING_RESULTS: 'results',
  };
}

/** The deployed service: both functions run `afterMs` ms after an object appears in a bucket, as long as `running`. */
export interface Deployed {
  world: World;
  env: Record<string, string>;
  running: { inspect: boolean; convert: boolean };
  afterMs: number;
}

/** Starts the service over the stand-in for S3. Commands run in this process find it by its environment. */
export async function deployed(t: TestContext, versioned = true): Promise<Deployed> {
  const world = new World();
  await world.start(versioned);
  const env = s3Env(world.endpoint);
  // The SDK reads this process's environment, whatever environment the command is given.
  Object.assign(process.env, env);
  const service: Deployed = { world, env, running: { inspect: true, convert: true }, afterMs: 0 };
  const work = new Set<Promise<unknown>>();
  world.standIn.model.onCreated = (bucket, key, stored) => {
    const one = handle(service, bucket, key, () => noticeOf(key, stored));
    work.add(one);
    void one.finally(() => work.delete(one));
  };
  t.after(async () => {
    try {
      while (work.size > 0) await Promise.all(work);
    } finally {
      await world.stop();
    }
  });
  return service;
}

async function handle(
  { world, running, afterMs }: Deployed,
  bucket: string,
  key: string,
  notice: () => ReturnType<typeof noticeOf>,
): Promise<void> {
  await sleep(afterMs);
  if (bucket === 'uploads' && !key.endsWith('.lading.json') && running.inspect)
    await world.inspect(notice(), 'inspect');
  if (bucket === 'results' && key.endsWith('/inspection.json') && running.convert)
    await world.convert(key.slice(0, -'/inspection.json'.length), 'convert');
}
