import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LADING } from '../cli/kit.ts';
import { shut } from '../support/loopback.ts';
import { pinnedPrograms } from '../support/pinned.ts';
import { freePort, openEngine, type S3Engine } from '../support/s3-engine.ts';

const execute = promisify(execFile);

export const SECRET = 'a secret of the tests';

/** The environment in which the SDK and the `aws` command reach this engine. */
export function environment({ endpoint, credentials }: S3Engine): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    S3_PATH_STYLE: 'true',
    LADING_SECRET: SECRET,
  };
}

/** Runs the pinned `aws` command, and returns what it prints. */
export async function aws(engine: S3Engine, ...args: string[]): Promise<string> {
  const program = join(pinnedPrograms('emulator'), 'aws');
  const { stdout } = await execute(program, ['--endpoint-url', engine.endpoint, ...args], { env: environment(engine) });
  return stdout;
}

/** Starts the engine. versitygw sends all its notifications to one port, which must answer when it starts. */
export async function notifyingEngine(): Promise<{ engine: S3Engine; webhook: number }> {
  const webhook = await freePort();
  const server = createServer((_request, response) => response.end()).listen(webhook, '127.0.0.1');
  await once(server, 'listening');
  process.env['LADING_S3_WEBHOOK'] = `http://127.0.0.1:${webhook}/?token=${encodeURIComponent(SECRET)}`;
  const engine = await openEngine();
  await shut(server);
  return { engine, webhook };
}

/** Lets the engine, Ceph's gateway, send notifications of a bucket to this port of 127.0.0.1. */
export async function notify(
  engine: S3Engine,
  client: S3Client,
  bucket: string,
  topics: { name: string; port: number; persistent: boolean; prefix?: string }[],
): Promise<void> {
  for (const { name, port, persistent } of topics) {
    const endpoint = `http://127.0.0.1:${port}/?token=${encodeURIComponent(SECRET)}`;
    const attributes = JSON.stringify({ 'push-endpoint': endpoint, persistent: String(persistent) });
    await aws(engine, 'sns', 'create-topic', '--name', name, '--attributes', attributes);
  }
  const TopicConfigurations = topics.map(({ name, prefix = '' }) => ({
    Id: name,
    TopicArn: `arn:aws:sns:default::${name}`,
    Events: ['s3:ObjectCreated:*' as const],
    Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: prefix }] } },
  }));
  const NotificationConfiguration = { TopicConfigurations };
  await client.send(new PutBucketNotificationConfigurationCommand({ Bucket: bucket, NotificationConfiguration }));
}

/** A `lading serve` over two buckets as a process of its own, which can be killed and started again. */
export class Service {
  log = '';
  readonly #args: string[];
  readonly #env: NodeJS.ProcessEnv;
  #child: ChildProcess | null = null;

  constructor(engine: S3Engine, args: string[]) {
    this.#args = args;
    this.#env = environment(engine);
  }

  start(): void {
    const child = spawn(process.execPath, [LADING, 'serve', ...this.#args], { env: this.#env, stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.log += String(chunk)));
    this.#child = child;
  }

  /** Waits until the log has this. */
  async said(what: string | RegExp): Promise<void> {
    while (this.log.search(what) < 0) {
      if (this.#child?.exitCode !== null) throw new Error(`the service has ended:\n${this.log}`);
      await sleep(50);
    }
  }

  /** Ends the process with this signal, and returns its exit code. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

/** All keys in a bucket. */
export async function keysIn(client: S3Client, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for (let from: string | undefined; ;) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: from }));
    keys.push(...(page.Contents ?? []).map(({ Key = '' }) => Key));
    from = page.NextContinuationToken;
    if (from === undefined) return keys;
  }
}

/** The keys of the multipart uploads in a bucket that were neither completed nor aborted. */
export async function unfinishedIn(client: S3Client, bucket: string): Promise<string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.map(({ Key = '' }) => Key);
}

export async function bytesOf(client: S3Client, bucket: string, key: string): Promise<Buffer> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

export async function put(client: S3Client, bucket: string, key: string, body: Uint8Array | string): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
}
