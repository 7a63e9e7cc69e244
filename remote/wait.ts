import { setTimeout as delay } from 'node:timers/promises';
import type { Parsed } from '../core/catalogue/parsed.ts';
import { type ArchiveManifest } from '../core/manifest/manifest.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import { LadingError } from '../core/model/errors.ts';
import type { RawOptions } from '../core/options/table.ts';
import { versionOf } from '../core/service/event-order.ts';
import { parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { stampIn } from '../core/service/read-back.ts';
import { requestFrom } from '../core/service/asked.ts';
import type { UploadIdentity } from '../core/service/stores.ts';
import type { Written } from '../s3/multipart.ts';
import { isForbidden } from './failures.ts';
import { sentOptions } from './options.ts';
import type { Remote } from './remote.ts';
import { isHandedOn, isOfJob, isSame } from './state.ts';

/**
 * The longest time to wait for the result of an upload, in milliseconds, and a callback. The callback is called with
 * the first state of the upload, and with each state that differs from the one before.
 */
export interface WaitOptions {
  timeoutMs: number;
  onState: (state: 'waiting' | 'converting') => Promise<void>;
}

/** An upload whose result this client waits for: its key, its options, and the version that S3 gave it. */
export interface Awaited {
  key: string;
  options: RawOptions;
  written: Written;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Waits for the archive manifest of an upload, the JSON document that says what became of it, and returns it. Looks for
 * it in the results bucket. If the uploads bucket may be read, also notices that the upload was replaced or deleted,
 * and throws `source-changed`. Throws `deadline` after `timeoutMs`.
 */
export async function waitFor(
  awaited: Awaited,
  { timeoutMs, onState }: WaitOptions,
  remote: Remote,
): Promise<ArchiveManifest> {
  const { key } = awaited;
  const end = performance.now() + timeoutMs;
  const watch = new Watch(awaited, remote);
  let last: string | null = null;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const now = await watch.look();
    if (typeof now !== 'string') return now;
    if (now === 'replaced') throw replaced(key);
    if (now !== last) await onState(now);
    last = now;
    const left = end - performance.now();
    if (left <= 0) throw tooLate(key, timeoutMs);
    await delay(Math.min(pause, left), undefined, { signal: remote.access.signal });
  }
}

/**
 * Looks for the archive manifest of one upload in the results bucket, once at each call of `look`. The manifest is the
 * JSON document that says what became of the upload. It is the last result that the service writes.
 */
class Watch {
  readonly #identity: UploadIdentity;
  readonly #request: Parsed<ConversionRequest>;
  readonly #remote: Remote;
  /** True until S3 refuses to let the client read the uploads bucket. */
  #mayAsk = true;
  /**
   * The ETag of a `manifest.json` with outcome `failed` that the first call of `look` found in a bucket without
   * versioning. Such a manifest is the result of an earlier upload, so it is not the awaited one. Null when the first
   * call found none; undefined before the first call.
   */
  #staleFailure: string | null | undefined;

  constructor({ key, options, written }: Awaited, remote: Remote) {
    this.#identity = { bucket: remote.buckets.uploads, key, ...written, size: 0, sequencer: null };
    this.#request = requestFrom(sentOptions(options), key);
    this.#remote = remote;
  }

  async look(): Promise<ArchiveManifest | 'waiting' | 'converting' | 'replaced'> {
    const { results } = this.#remote;
    const there = await results.get(resultKeys(this.#identity.key).manifest);
    const manifest = there === null ? null : parseManifest(there.bytes);
    const failure = manifest?.outcome === 'failed' && versionOf(this.#identity) === null ? (there?.etag ?? null) : null;
    if (this.#staleFailure === undefined) this.#staleFailure = failure;
    const isStale = failure !== null && failure === this.#staleFailure;
    if (manifest !== null && !isStale && this.#isOurs(manifest)) return manifest;
    if (await this.#isReplaced()) return 'replaced';
    return (await isHandedOn(this.#identity, this.#remote)) ? 'converting' : 'waiting';
  }

  #isOurs(manifest: ArchiveManifest): boolean {
    const stamp = stampIn(manifest.source);
    if (stamp === null || !isSame({ ...stamp, sequencer: null }, this.#identity)) return false;
    return isOfJob(manifest, this.#identity, this.#request, this.#remote.version);
  }

  async #isReplaced(): Promise<boolean> {
    if (!this.#mayAsk) return false;
    const { bucket, key } = this.#identity;
    try {
      const there = await this.#remote.uploads.find({ bucket, key, versionId: null, etag: null, sequencer: null });
      return there === null || !isSame(there.identity, this.#identity);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      this.#mayAsk = false;
      return false;
    }
  }
}

function replaced(key: string): LadingError {
  return new LadingError(
    'source-changed',
    `Cannot wait for the result of ${key}: it was replaced or deleted meanwhile.`,
  );
}

function tooLate(key: string, timeoutMs: number): LadingError {
  return new LadingError(
    'deadline',
    `Cannot wait any longer for the result of ${key}: ${timeoutMs / 1000} seconds are over. The work goes on; ask with lading status.`,
  );
}
