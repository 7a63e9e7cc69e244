import type { TestContext } from 'node:test';
import type { Context } from 'aws-lambda';
import type { S3Engine } from './s3-engine.ts';

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** The two deployed functions, connected to an S3 engine on this machine. */
export interface Functions {
  inspect: Handler;
  convert: Handler;
  /** Runs both functions for one upload, as the events of the two buckets would. */
  run(key: string): Promise<void>;
}

export const BUCKETS = { uploads: 'uploads', results: 'results' } as const;

/**
 * Loads the entry points as Lambda does, once for each process: they read their settings from its environment, to which
 * `more` is added. The buckets must exist when the functions run.
 */
export async function loadFunctions(
  { endpoint, credentials }: Pick<S3Engine, 'endpoint' | 'credentials'>,
  more: Record<string, string> = {},
): Promise<Functions> {
  Object.assign(process.env, more, {
    UPLOADS_BUCKET: BUCKETS.uploads,
    RESULTS_BUCKET: BUCKETS.results,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    S3_PATH_STYLE: 'true',
  });
  const { handler: inspect } = await import('../../lambda/inspect.ts');
  const { handler: convert } = await import('../../lambda/convert.ts');
  const run = async (key: string): Promise<void> => {
    await inspect(queued(objectCreated(BUCKETS.uploads, key)), lambdaContext());
    // S3 would send this event only for an inspection that was written; without one it does no harm.
    await convert(queued(objectCreated(BUCKETS.results, `${key}/inspection.json`)), lambdaContext());
  };
  return { inspect, convert, run };
}

/** The event that EventBridge sends for a new object. */
export function objectCreated(bucket: string, key: string, etag?: string): object {
  const object = { key, sequencer: '0A', ...(etag !== undefined && { etag }) };
  const detail = { version: '0', bucket: { name: bucket }, object, reason: 'PutObject' };
  return { version: '0', 'detail-type': 'Object Created', source: 'aws.s3', detail };
}

/** The event as the queue delivers it. */
export function queued(event: object): object {
  return { Records: [{ messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(event) }] };
}

/** The context that Lambda passes to a handler, with the fields that the handlers read. */
export function lambdaContext(remainingMs = (): number => 900_000): Context {
  const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: remainingMs };
  return context as Context;
}

/** Collects the JSON lines that are logged during a test; other output, such as the test runner's, goes on. */
export function captureLog(t: TestContext): string[] {
  const lines: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  t.mock.method(process.stdout, 'write', (chunk: string | Uint8Array): boolean => {
    if (typeof chunk !== 'string' || !chunk.startsWith('{')) return write(chunk);
    lines.push(chunk);
    return true;
  });
  return lines;
}
