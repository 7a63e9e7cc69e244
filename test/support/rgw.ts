import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real S3 engine that tests may use. */
export interface S3Engine {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  stop(): Promise<void>;
}

/** Why the tests on a real S3 engine are skipped, or false when they run. */
export const withoutEngine: string | false =
  process.env['LADING_RGW'] === '1' || process.env['S3_ENDPOINT'] !== undefined
    ? false
    : 'no real S3 engine: set LADING_RGW=1 (Ceph, as root), or S3_ENDPOINT with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';

/** The engine at S3_ENDPOINT, or else a Ceph gateway of its own, which `stop` ends. */
export async function openEngine(): Promise<S3Engine> {
  const {
    S3_ENDPOINT: endpoint,
    AWS_ACCESS_KEY_ID: id = 'testaccess',
    AWS_SECRET_ACCESS_KEY: secret = 'testsecretkey',
  } = process.env;
  const credentials = { accessKeyId: id, secretAccessKey: secret };
  if (endpoint !== undefined) return { endpoint, credentials, stop: () => Promise.resolve() };
  return await startRgw();
}

async function startRgw(): Promise<S3Engine> {
  const directory = mkdtempSync(join(tmpdir(), 'lading-rgw-'));
  const port = await freePort();
  const script = join(import.meta.dirname, 'rgw.sh');
  const daemon = spawn('bash', [script, directory, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(daemon, 'exit');
  const ready = once(daemon.stdout, 'data').then(() => true);
  if ((await Promise.race([ready, ended])) !== true) throw new Error('the Ceph gateway did not start');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'testaccess', secretAccessKey: 'testsecretkey' },
    async stop() {
      daemon.kill('SIGTERM');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A port of 127.0.0.1 that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
