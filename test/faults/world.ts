import assert from 'node:assert/strict';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { Completion } from '../../core/service/completion.ts';

import packageJson from '../../package.json' with { type: 'json' };
import { resultKeys } from '../../core/service/keys.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { filledReport } from '../../core/page/report.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { failConversion, failInspection } from '../../core/service/failure.ts';
import type { Outcome } from '../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { s3Store } from '../../s3/store.ts';
import { nativeTools } from '../../node/tools.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import type { Stored } from '../support/s3-model.ts';
import { S3StandIn } from '../support/s3-standin.ts';

const CONTENT_TYPE = 'application/octet-stream';

/** What stands around the manifest in the reports of a world. */
const REPORT = ['<script id="manifest">', '</script>'] as const;

/** The service over the stand-in for S3. Each invocation has a caller name, by which its requests are recognised. */
export class World {
  readonly standIn = new S3StandIn();
  /** The announced completions, in order. */
  readonly told: Completion[] = [];
  readonly #clients = new Map<string, S3Client>();
  reports: boolean;
  #endpoint = '';

  /** With `reports`, the functions write a report beside each archive manifest. */
  constructor({ reports = false }: { reports?: boolean } = {}) {
    this.reports = reports;
  }

  get endpoint(): string {
    return this.#endpoint;
  }

  async start(versioned: boolean): Promise<void> {
    this.#endpoint = await this.standIn.start();
    this.standIn.model.createBucket('uploads', versioned);
    this.standIn.model.createBucket('results');
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.destroy();
    await this.standIn.stop();
  }

  /** Puts an upload straight into the bucket, and returns its event. */
  upload(key: string, bytes: Buffer, metadata: Record<string, string> = {}): UploadNotice {
    return noticeOf(key, this.standIn.model.put('uploads', key, bytes, { contentType: CONTENT_TYPE, metadata }));
  }

  async inspect(notice: UploadNotice, caller: string, signal?: AbortSignal): Promise<Outcome> {
    return await inspectUpload(notice, this.#deps(caller, signal));
  }

  async convert(key: string, caller: string, signal?: AbortSignal): Promise<Outcome> {
    return await convertUpload(resultKeys(key).inspection, this.#deps(caller, signal));
  }

  /** Gives up the inspection of an upload. */
  async fail(notice: UploadNotice, caller: string): Promise<Outcome> {
    return await failInspection(notice, { kind: 'crash' }, this.#deps(caller, undefined));
  }

  /** Gives up the conversion of a key's upload. */
  async failConversion(key: string, caller: string): Promise<Outcome> {
    const { inspection } = resultKeys(key);
    return await failConversion(inspection, 'uploads', { kind: 'crash' }, this.#deps(caller, undefined));
  }

  /** Runs both functions for one upload, as its events would. */
  async run(notice: UploadNotice, caller: string): Promise<Outcome> {
    const outcome = await this.inspect(notice, caller);
    return outcome.kind === 'handed-on' ? await this.convert(notice.key, caller) : outcome;
  }

  manifest(key: string): ArchiveManifest {
    const manifest: ArchiveManifest = JSON.parse(this.#result(resultKeys(key).manifest)?.bytes.toString() ?? 'null');
    assertManifest(manifest);
    return manifest;
  }

  /** The results of a key when nothing runs any more, without costs; fails when they do not belong together. */
  atRest(key: string): { manifest: Omit<ArchiveManifest, 'cost'>; image: Buffer | null } {
    const { cost: _, ...manifest } = this.manifest(key);
    assert.equal(
      this.#reported(key) !== null,
      manifest.report ?? false,
      `${key}: the manifest says if there is a report`,
    );
    return this.#together(key);
  }

  /** The results of a key, without costs. A report that the manifest names may be missing. */
  #together(key: string): ReturnType<World['atRest']> {
    const { cost: _, ...manifest } = this.manifest(key);
    const report = this.#reported(key);
    if (report !== null) assert.deepEqual(report, manifest, `${key}: the report shows the manifest`);
    const image = this.#result(resultKeys(key).image);
    assert.equal(image?.bytes.length, manifest.result?.size, `${key}: the manifest says what the image archive is`);
    if (image !== null)
      assert.equal(image.metadata['lading-job'], manifest.job, `${key}: image and manifest belong together`);
    return { manifest, image: image?.bytes ?? null };
  }

  /** Fails when there is a manifest whose image archive is missing, or beside it the result of another upload. */
  assertNotTorn(key: string): void {
    if (this.#result(resultKeys(key).manifest) !== null) this.#together(key);
  }

  /** The hand-off of a key, without its costs. */
  handedOn(key: string): object {
    const {
      cost: _,
      sum: __,
      ...job
    } = JSON.parse(this.#result(resultKeys(key).inspection)?.bytes.toString() ?? 'null');
    return job;
  }

  /** The manifest in the report of a key, without costs; null when there is no report. */
  #reported(key: string): Omit<ArchiveManifest, 'cost'> | null {
    const page = this.#result(resultKeys(key).report);
    if (page === null) return null;
    const { cost: _, ...manifest } = JSON.parse(page.bytes.toString().slice(REPORT[0].length, -REPORT[1].length));
    assert.equal(page.metadata['lading-job'], manifest.job);
    return manifest;
  }

  #result(key: string): Stored | null {
    return this.standIn.model.list('results', key).find((each) => each.key === key)?.stored ?? null;
  }

  #deps(caller: string, signal: AbortSignal | undefined) {
    const tools = nativeTools({ threads: false });
    const store = s3Store({ client: this.#client(caller), signal }, 'results', tools);
    const announce = (completion: Completion) => this.#announce(completion, caller);
    const made = async (manifest: ArchiveManifest) => Buffer.from(filledReport(REPORT.join(''), manifest));
    const report = this.reports ? made : undefined;
    return { ...store, tools, report, clock: Date.now, version: packageJson.version, announce };
  }

  /** Stands for EventBridge; an announcement can be disturbed like a request to S3. */
  async #announce(completion: Completion, caller: string): Promise<void> {
    const fault = await this.standIn.disturbed({ operation: 'PutEvents', key: completion.source.key, caller });
    if (fault === undefined || fault === 'slow' || fault === 'reset-after') this.told.push(completion);
    if (fault !== undefined && fault !== 'slow') throw new Error('not announced');
  }

  #client(caller: string): S3Client {
    const known = this.#clients.get(caller);
    if (known !== undefined) return known;
    const client = new S3Client({
      endpoint: this.#endpoint,
      credentials: { accessKeyId: caller, secretAccessKey: 'any' },
      // The stand-in reads the name of the caller in a signature and no more, and to compute one costs time.
      signer: {
        async sign(request) {
          request.headers['authorization'] = `Credential=${caller}/`;
          return request;
        },
      },
      region: 'us-east-1',
      forcePathStyle: true,
      retryStrategy: impatient(caller.startsWith('mortal') ? 1 : 3),
    });
    this.#clients.set(caller, client);
    return client;
  }
}

/** The event of an upload, with the fields that the service reads. */
export function noticeOf(key: string, { etag, versionId, sequencer }: Stored): UploadNotice {
  return { bucket: 'uploads', key, versionId, etag, sequencer };
}

/** Random whole numbers below a bound, the same for the same seed. */
export function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type RetryStrategy = Extract<NonNullable<S3ClientConfig['retryStrategy']>, { acquireInitialRetryToken: unknown }>;

/** The retries of the SDK without its pauses. */
function impatient(attempts: number): RetryStrategy {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => 0 });
  return {
    acquireInitialRetryToken: async () => token(0),
    async refreshRetryTokenForRetry(before, { errorType }) {
      const count = before.getRetryCount() + 1;
      if (count >= attempts || errorType === 'CLIENT_ERROR') throw new Error('no more attempts');
      return token(count);
    },
    recordSuccess: () => {},
  };
}
