import { BUCKETS } from '../test/support/functions.ts';
import type { S3Engine } from '../test/support/s3-engine.ts';
import type { S3Model } from '../test/support/s3-model.ts';
import { S3StandIn } from '../test/support/s3-standin.ts';
import { SlowLink } from './slow-link.ts';

/** The delay and the bytes per second of a connection from a Lambda function to S3, as the benchmark assumes them. */
export const AWAY = { latencyMs: 30, bytesPerSecond: 40e6 } as const;

/**
 * Starts an imitation of S3 on this machine, with the uploads bucket and the results bucket. It is behind a relay that
 * makes it as slow as a distant S3. Returns how to reach and stop it, and its content (`model`).
 */
export async function farStandIn(): Promise<S3Engine & { model: S3Model }> {
  const standIn = new S3StandIn();
  const link = await SlowLink.to(await standIn.start(), AWAY);
  for (const bucket of Object.values(BUCKETS)) standIn.model.createBucket(bucket);
  return {
    model: standIn.model,
    endpoint: link.endpoint,
    credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
    async stop() {
      link.stop();
      await standIn.stop();
    },
  };
}

/** The environment variables of this process, with those that make a process use the given S3 store. */
export function environment({ endpoint, credentials }: S3Engine): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    S3_PATH_STYLE: 'true',
  };
}
