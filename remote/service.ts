import packageJson from '../package.json' with { type: 'json' };
import type { Bilingual } from '../core/catalogue/bilingual.ts';
import type { RawOptions } from '../core/options/table.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import type { Bytes } from '../core/model/ports.ts';
import { newClient } from '../s3/client.ts';
import { s3Store } from '../s3/store.ts';
import { nativeTools } from '../node/tools.ts';
import { proxyAgents } from './proxy.ts';
import { explained } from './failures.ts';
import { imageOf } from './image.ts';
import type { Buckets, Remote } from './remote.ts';
import { type State, stateOf } from './state.ts';
import { type Awaited, type WaitOptions, waitFor } from './wait.ts';
import { upload } from './upload.ts';
import type { Sending, Uploaded } from './sending.ts';

/** The operations of the service for a client: upload an archive, get its state, wait for its result, get its image. */
export interface Service {
  upload(key: string, options: RawOptions, what: Pick<Sending, 'archive' | 'onProgress'>): Promise<Uploaded>;
  state(key: string): Promise<State>;
  wait(awaited: Awaited, waitOptions: WaitOptions): Promise<ArchiveManifest>;
  image(manifest: ArchiveManifest): Bytes;
  /**
   * Checks a deployed service, and returns a sentence for each fault. It also sends a trial upload, and waits at most
   * `timeoutMs` milliseconds for its result.
   */
  diagnose(timeoutMs: number): Promise<Bilingual[]>;
}

/**
 * The options for a connection to the service: the names of its buckets, the environment variables, and a signal that
 * aborts the work. `task` says in words what the user wants to do, such as `upload app.tar`, and is used in error
 * messages.
 */
export interface ConnectOptions {
  buckets: Buckets;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  task: string;
  /** The advice for the user when the connection to S3 fails. */
  remedy: string;
}

/**
 * The most attempts for one request to S3; after the last one, the request has failed. With the SDK's pauses between
 * the attempts, a request can succeed although the connection is broken for some 30 seconds.
 */
const ATTEMPTS = 10;

/**
 * Connects to the service, calls `work` with the connection, and returns what `work` returns. Throws `store-failed`
 * when S3 cannot be reached or refuses a request. When the signal aborts, throws its reason.
 */
export async function connected<T>(options: ConnectOptions, work: (service: Service) => Promise<T>): Promise<T> {
  const { buckets, env, signal, task, remedy } = options;
  const client = newClient(env, { maxAttempts: ATTEMPTS, followRegionRedirects: true }, proxyAgents(env));
  const access = { client, signal };
  const stores = s3Store(access, buckets.results, nativeTools({ threads: false }));
  try {
    return await work(serviceAt({ ...stores, access, buckets, version: packageJson.version }));
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, task, remedy);
  } finally {
    client.destroy();
  }
}

function serviceAt(remote: Remote): Service {
  const { access, buckets } = remote;
  return {
    upload: (key, options, what) => upload(options, { access, target: { bucket: buckets.uploads, key }, ...what }),
    state: (key) => stateOf(key, remote),
    wait: (awaited, waitOptions) => waitFor(awaited, waitOptions, remote),
    image: (manifest) => imageOf(manifest, remote),
    // Other commands do not load the clients that it needs.
    diagnose: async (timeoutMs) => await (await import('./doctor.ts')).diagnose(remote, timeoutMs),
  };
}
