import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real S3 engine that tests may use. */
export interface S3Engine {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** The S3 engines that tests can start, each by a script in this folder. */
const ENGINES = ['rgw', 'versitygw'] as const;

type EngineName = (typeof ENGINES)[number];

const CREDENTIALS = { accessKeyId: 'testaccess', secretAccessKey: 'testsecretkey' };

/** The engine that LADING_S3 names, `other` for the one at S3_ENDPOINT, or null without both. */
export const engineName: EngineName | 'other' | null = chosen(process.env);

/** The reason why the tests on a real S3 engine are skipped, or false when they run. */
export const withoutEngine: string | false =
  engineName === null &&
  `no real S3 engine: set LADING_S3 to one of ${ENGINES.join(', ')}, or S3_ENDPOINT with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`;

function chosen({ LADING_S3: name, S3_ENDPOINT: endpoint }: NodeJS.ProcessEnv): EngineName | 'other' | null {
  if (name === undefined) return endpoint === undefined ? null : 'other';
  const known = ENGINES.find((each) => each === name);
  if (known === undefined) throw new Error(`LADING_S3 is ${name}, and must be one of ${ENGINES.join(', ')}`);
  return known;
}

/** Connects to the engine at S3_ENDPOINT, or starts one (Ceph's gateway or that of LADING_S3), which `stop` ends. */
export async function openEngine(): Promise<S3Engine> {
  if (engineName !== 'other') return await startEngine(engineName ?? 'rgw');
  const { S3_ENDPOINT: endpoint = '', AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  const { accessKeyId, secretAccessKey } = CREDENTIALS;
  const credentials = { accessKeyId: id ?? accessKeyId, secretAccessKey: secret ?? secretAccessKey };
  return { endpoint, credentials, stop: () => Promise.resolve() };
}

async function startEngine(name: EngineName): Promise<S3Engine> {
  const directory = mkdtempSync(join(tmpdir(), `lading-${name}-`));
  const port = await freePort();
  const script = join(import.meta.dirname, `${name}.sh`);
  const daemon = spawn('bash', [script, directory, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(daemon, 'exit');
  const ready = once(daemon.stdout, 'data').then(() => true);
  if ((await Promise.race([ready, ended])) !== true) throw new Error(`the S3 engine ${name} did not start`);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: CREDENTIALS,
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port of 127.0.0.1 that is free at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
