import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

import packageJson from '../../package.json' with { type: 'json' };
import type { Policy, ServiceDeps } from '../../core/service/outcome.ts';
import { toEventBridge } from './announce.ts';
import type { QueuePair } from './failures.ts';
import { toQueue } from './hand-back.ts';
import { inQueue, type Retry } from './retry.ts';
import { newClient } from '../../s3/client.ts';
import { s3Store } from '../../s3/store.ts';
import { reporter } from '../../node/report.ts';
import { nativeTools } from '../../node/tools.ts';

/**
 * What a deployed Lambda function works with: the names of its buckets, the function that handles failed events, and
 * the function `using`, which gives access to the stored objects.
 */
export interface FunctionContext {
  uploadsBucket: string;
  resultsBucket: string;
  retry: Retry | undefined;
  /**
   * Calls `work` with the stores of uploads and results and with the functions of Node that Lading's core uses, such as
   * hashing. Returns what `work` returns. Ends the threads of those functions afterwards.
   */
  using: <T>(signal: AbortSignal, work: (deps: ServiceDeps) => Promise<T>) => Promise<T>;
}

/**
 * The settings of the EventBridge client, with timeouts in milliseconds. They are short, because its only request is
 * small and answered at once.
 */
const EVENTBRIDGE = { maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 } };

/**
 * The memory in bytes up to which a Lambda function gets at most one CPU. With one CPU, threads cannot work at the same
 * time, and to hand bytes to them only costs CPU.
 */
const ONE_CPU = 1769 * 2 ** 20;

/**
 * Makes what a Lambda function works with, such as the access to its buckets, from its environment variables. Two
 * variables are required, and a TypeError is thrown when one is missing:
 * - `UPLOADS_BUCKET` and `RESULTS_BUCKET`: the names of the buckets.
 *
 * The others are optional, as are those of the AWS SDK:
 * - `BUCKET_OWNER`: the AWS account that owns the buckets; `ENCRYPTION_KEY`: the ARN of their KMS key.
 * - `QUEUE_URL`: the queue whose events start this function; `GIVEN_UP_URL`: the queue for events that were delivered
 *   `MAX_RECEIVES` times in vain; `HAND_BACK_URL`: the queue of the inspect function, to which the convert function
 *   sends an event to have an upload inspected again.
 * - `EVENT_BUS_NAME`: the event bus that gets an event for each finished upload.
 * - `NAME_TEMPLATE`: the template for the names of images; `MAX_UPLOAD_BYTES`: the bytes of the largest upload.
 * - `REPORTS`: `true` to write a report, an HTML page, about each upload.
 * - `S3_PATH_STYLE`: `true` for S3-compatible stores whose host name does not contain the bucket.
 */
export function contextFrom(env: NodeJS.ProcessEnv): FunctionContext {
  const uploadsBucket = required(env, 'UPLOADS_BUCKET');
  const resultsBucket = required(env, 'RESULTS_BUCKET');
  const owner = env['BUCKET_OWNER'];
  const client = newClient(env);
  const memory = Number(env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? Infinity) * 2 ** 20;
  const policy = policyFrom(env);
  const bus = env['EVENT_BUS_NAME'];
  const events =
    bus === undefined || bus === '' ? null : { client: new EventBridgeClient(EVENTBRIDGE), bus, resultsBucket };
  const back = env['HAND_BACK_URL'];
  const handBack = back === undefined ? null : { handBack: toQueue(back, uploadsBucket) };
  const ownKey = env['ENCRYPTION_KEY'];
  const report = env['REPORTS'] === 'true' ? reporter() : undefined;
  return {
    uploadsBucket,
    resultsBucket,
    retry: retryFrom(env),
    using: async (signal, work) => {
      const tools = nativeTools(memory > ONE_CPU ? {} : { threads: false });
      try {
        const store = s3Store({ client, signal, owner, memory, ownKey }, resultsBucket, tools);
        const announce = events && { announce: toEventBridge({ ...events, signal }) };
        const version = packageJson.version;
        return await work({ ...store, tools, clock: Date.now, version, policy, report, ...announce, ...handBack });
      } finally {
        tools.close();
      }
    },
  };
}

/**
 * Reads the environment variable `PASSAGES`, a list of pairs `URL URL` with commas between them. The first URL of a
 * pair is the queue of the events that a function gave up, the second its dead-letter queue. Throws a TypeError when
 * the variable is not set.
 */
export function passagesIn(env: NodeJS.ProcessEnv): QueuePair[] {
  return required(env, 'PASSAGES')
    .split(',')
    .map((pair) => {
      const [givenUp = '', deadLetters = ''] = pair.split(' ');
      return { givenUp, deadLetters };
    });
}

function retryFrom({ QUEUE_URL: events, GIVEN_UP_URL: url, MAX_RECEIVES }: NodeJS.ProcessEnv): Retry | undefined {
  if (events === undefined) return undefined;
  return inQueue({ events, ...(url !== undefined && { givenUp: { url, maxReceives: Number(MAX_RECEIVES) } }) });
}

/**
 * Reads the operator's rules for uploads from the environment variables: `NAME_TEMPLATE`, the template for the names of
 * images, and `MAX_UPLOAD_BYTES`, the size in bytes of the largest upload. There is no rule for an absent variable.
 */
export function policyFrom({ NAME_TEMPLATE, MAX_UPLOAD_BYTES }: NodeJS.ProcessEnv): Policy {
  return {
    nameTemplate: NAME_TEMPLATE,
    maxUploadBytes: MAX_UPLOAD_BYTES === undefined ? undefined : Number(MAX_UPLOAD_BYTES),
  };
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value === undefined || value === '')
    throw new TypeError(`Cannot start: the environment variable ${name} is not set`);
  return value;
}
