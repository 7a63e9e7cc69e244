import packageJson from '../package.json' with { type: 'json' };
import type { RawOptions } from '../lambda/core/request/options.ts';
import type { ArchiveManifest } from '../lambda/core/manifest.ts';
import type { Bytes } from '../lambda/core/ports.ts';
import { newClient } from '../lambda/shell/s3-client.ts';
import type { Written } from '../lambda/shell/s3-multipart.ts';
import { s3Store } from '../lambda/shell/s3-store.ts';
import { nativeTools } from '../lambda/shell/tools.ts';
import { explained } from './failures.ts';
import { imageOf } from './image.ts';
import type { Buckets, Remote } from './remote.ts';
import { type Patience, type State, stateOf, waitFor } from './state.ts';
import { type Sending, type Uploaded, upload } from './upload.ts';

/** What a user can do with the service. */
export interface Service {
  upload(key: string, options: RawOptions, what: Pick<Sending, 'archive' | 'onProgress'>): Promise<Uploaded>;
  state(key: string): Promise<State>;
  wait(key: string, written: Written, patience: Patience): Promise<ArchiveManifest>;
  image(manifest: ArchiveManifest): Bytes;
}

/** Where the service is, and what is to be done there, for the sentence when it fails: `Cannot <task>: <reason>.` */
export interface Errand {
  buckets: Buckets;
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  task: string;
  /** What to do about a broken connection. */
  remedy: string;
}

/** A dropped connection is tried again for half a minute or so. */
const ATTEMPTS = 10;

/** Does some work with the service. Throws `store-failed` where S3 does not let it, and the reason of the signal. */
export async function connected<T>(errand: Errand, work: (service: Service) => Promise<T>): Promise<T> {
  const { buckets, env, signal, task, remedy } = errand;
  const client = newClient(env, { maxAttempts: ATTEMPTS, followRegionRedirects: true });
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
    wait: (key, written, patience) => waitFor(key, written, patience, remote),
    image: (manifest) => imageOf(manifest, remote),
  };
}
