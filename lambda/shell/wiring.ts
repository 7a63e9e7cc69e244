import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import packageJson from '../../package.json' with { type: 'json' };
import type { Policy, ServiceDeps } from '../core/service.ts';
import { toEventBridge } from './announce.ts';
import { type Postpone, inQueue } from './postpone.ts';
import { newClient } from './s3-client.ts';
import { s3Store } from './s3-store.ts';
import { nativeTools } from './tools.ts';

/** Where a deployed function works. */
export interface Surroundings {
  uploadsBucket: string;
  resultsBucket: string;
  postpone: Postpone | undefined;
  /** Runs `work` with what it needs, and ends that with it. */
  using: <T>(signal: AbortSignal, work: (deps: ServiceDeps) => Promise<T>) => Promise<T>;
}

/** One small request that is answered at once. */
const EVENTS = { maxAttempts: 5, requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 } };

/**
 * Everything around the core, from environment variables: `UPLOADS_BUCKET`, `RESULTS_BUCKET`; optionally
 * `BUCKET_OWNER` (the account that must own both), `QUEUE_URL` (where its events come from), `EVENT_BUS_NAME` (where completion events go), `NAME_TEMPLATE` and
 * `MAX_UPLOAD_BYTES` (see `Policy`), `S3_PATH_STYLE` (`true` for S3-compatible stores), and the SDK's own
 * (`AWS_ENDPOINT_URL_S3`, `AWS_REQUEST_CHECKSUM_CALCULATION`).
 */
export function surroundings(env: NodeJS.ProcessEnv): Surroundings {
  const uploadsBucket = required(env, 'UPLOADS_BUCKET');
  const resultsBucket = required(env, 'RESULTS_BUCKET');
  const owner = env['BUCKET_OWNER'];
  const client = newClient(env);
  const memory = Number(env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? Infinity) * 2 ** 20;
  const policy = policyFrom(env);
  const bus = env['EVENT_BUS_NAME'];
  const events = bus === undefined || bus === '' ? null : { client: new EventBridgeClient(EVENTS), bus, resultsBucket };
  const queueUrl = env['QUEUE_URL'];
  return {
    uploadsBucket,
    resultsBucket,
    postpone: queueUrl === undefined ? undefined : inQueue(queueUrl),
    using: async (signal, work) => {
      const tools = nativeTools();
      try {
        const store = s3Store({ client, signal, owner, memory }, resultsBucket, tools);
        const announce = events && { announce: toEventBridge({ ...events, signal }) };
        return await work({ ...store, tools, clock: Date.now, version: packageJson.version, policy, ...announce });
      } finally {
        tools.close();
      }
    },
  };
}

/** `NAME_TEMPLATE` and `MAX_UPLOAD_BYTES`, where they are set. */
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
