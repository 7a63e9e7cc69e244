import type { S3Client } from '@aws-sdk/client-s3';
import type { Settings } from '../../infra/settings.ts';
import { EventBusStandIn } from '../support/event-bus.ts';
import { BUCKETS } from '../support/functions.ts';
import { LambdaEnvironment } from '../support/lambda.ts';
import { openEngine } from '../support/s3-engine.ts';
import { localClient, makeBuckets } from '../support/s3-harness.ts';
import { deployedFunctions } from './deployed.ts';

/** The answer of a function that has processed all its events. */
export const ACKNOWLEDGED = { kind: 'answer', value: { batchItemFailures: [] } };

/** S3, an event bus, and the functions of the template, which can be started as Lambda runs them. */
export interface World {
  client: S3Client;
  eventBus: EventBusStandIn;
  deployed: ReturnType<typeof deployedFunctions>;
  /** Starts an environment of a function; `stop` ends it. */
  start(name: 'Inspect' | 'Convert'): Promise<LambdaEnvironment>;
  /** Ends everything that was started, even when the start failed halfway. */
  stop(): Promise<void>;
}

/** `settings` are those of the deployment. */
export async function openWorld(settings: Settings = {}): Promise<World> {
  const eventBus = new EventBusStandIn();
  const engine = await openEngine();
  const started: { stop(): Promise<void> }[] = [engine];
  const stop = async () => {
    for (const each of started.toReversed()) await each.stop();
  };
  try {
    const client = localClient(engine);
    const endpoint = await eventBus.start();
    started.push(eventBus);
    await makeBuckets(client, Object.values(BUCKETS));
    const values = {
      UPLOADS_BUCKET: BUCKETS.uploads,
      RESULTS_BUCKET: BUCKETS.results,
      EVENT_BUS_NAME: eventBus.bus,
      AWS_ENDPOINT_URL_EVENTBRIDGE: endpoint,
      AWS_ENDPOINT_URL_S3: engine.endpoint,
      AWS_ACCESS_KEY_ID: engine.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: engine.credentials.secretAccessKey,
      AWS_REGION: 'us-east-1',
      S3_PATH_STYLE: 'true',
    };
    const deployed = deployedFunctions(values, settings);
    const start = async (name: 'Inspect' | 'Convert') => {
      const environment = await LambdaEnvironment.start(deployed[name]);
      started.push(environment);
      return environment;
    };
    return { client, eventBus, deployed, start, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
