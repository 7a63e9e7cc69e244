import type { Tools } from '../core/model/ports.ts';
import type { Results, Uploads } from '../core/service/stores.ts';
import { type Agents, newClient, type S3Access } from './client.ts';
import { S3Results } from './results.ts';
import { S3Uploads } from './uploads.ts';

/**
 * Makes the stores of uploads and of results in S3. `uploads` reads uploads in any bucket that `access` may read.
 * `results` keeps the results, the objects that Lading writes for uploads, in the bucket `resultsBucket`.
 */
export function s3Store(access: S3Access, resultsBucket: string, tools: Tools): { uploads: Uploads; results: Results } {
  const uploads = new S3Uploads(access);
  return { uploads, results: new S3Results(access, resultsBucket, uploads, tools) };
}

/**
 * Makes a store that reads uploads in any bucket and region that the credentials in `env` may read. The returned
 * function `close` closes the store's connections to S3.
 */
export function s3Uploads(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  agents: Agents = {},
): { uploads: Uploads; close: () => void } {
  const client = newClient(env, { followRegionRedirects: true }, agents);
  return { uploads: new S3Uploads({ client, signal }), close: () => client.destroy() };
}
