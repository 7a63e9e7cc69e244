import { stream } from '../../core/convert/execute.ts';
import { LadingError } from '../../core/model/errors.ts';
import { joinedSource } from '../../core/model/joined-source.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { Source } from '../../core/model/ports.ts';
import {
  type AssembleOptions,
  objectsOf,
  type Origin,
  type Results,
  type UploadIdentity,
  type UploadNotice,
  type Uploads,
} from '../../core/service/stores.ts';
import { collect } from './bytes.ts';
import { plainTools, sha256 } from './tools.ts';

/** A source over bytes in memory. */
export function sourceOf(bytes: Uint8Array): Source {
  return {
    async *open(start = 0, end = bytes.length) {
      yield bytes.subarray(start, end);
    },
  };
}

/** Uploads and results in memory, for tests of the service. The real stores have a contract suite of their own. */
export class MemoryStore implements Uploads, Results {
  readonly uploads = new Map<string, { bytes: Uint8Array; metadata: Record<string, string> }>();
  readonly results = new Map<string, Uint8Array>();
  readonly origins = new Map<string, Origin>();
  /** The keys of results in the order in which they were written; a minus before a key means that it was removed. */
  readonly written: string[] = [];

  upload(key: string, bytes: Uint8Array | string, metadata: Record<string, string> = {}): UploadNotice {
    this.uploads.set(key, { bytes: Buffer.from(bytes), metadata });
    return { bucket: 'uploads', key, versionId: null, etag: null, sequencer: null };
  }

  async find({ bucket, key, sequencer, etag }: UploadNotice) {
    const found = this.uploads.get(key);
    if (found === undefined || (etag !== null && etag !== sha256(found.bytes))) return null;
    const identity = { bucket, key, versionId: null, etag: sha256(found.bytes), size: found.bytes.length, sequencer };
    return { identity, metadata: found.metadata };
  }

  source(identity: UploadIdentity): Source {
    return joinedSource(objectsOf(identity).map((object) => ({ size: object.size, source: this.#object(object) })));
  }

  #object(identity: UploadIdentity): Source {
    const found = this.uploads.get(identity.key);
    if (found === undefined || sha256(found.bytes) !== identity.etag) {
      throw new LadingError('source-changed', `Cannot read ${identity.key}: it was replaced`);
    }
    return sourceOf(found.bytes);
  }

  async small(_bucket: string, key: string, maxBytes: number) {
    const bytes = this.uploads.get(key)?.bytes ?? null;
    if (bytes !== null && bytes.length > maxBytes) throw new LadingError('too-large', `Cannot read ${key}`);
    return bytes;
  }

  async get(key: string) {
    const bytes = this.results.get(key);
    return bytes === undefined ? null : { bytes, etag: sha256(bytes) };
  }

  async stat(key: string) {
    const found = await this.get(key);
    return found && { etag: found.etag, size: found.bytes.length, origin: this.origins.get(key) ?? null };
  }

  async put(key: string, bytes: Uint8Array, _contentType: string, expected: string | null, origin?: Origin) {
    if (((await this.get(key))?.etag ?? null) !== expected) return false;
    this.results.set(key, bytes);
    if (origin !== undefined) this.origins.set(key, origin);
    this.written.push(key);
    return true;
  }

  async remove(key: string, expected: string) {
    if ((await this.get(key))?.etag !== expected) return false;
    this.written.push(`-${key}`);
    return this.results.delete(key);
  }

  uri(key: string) {
    return `s3://results/${key}`;
  }

  async assemble(key: string, plan: Plan, upload: UploadIdentity, { origin, ready }: AssembleOptions) {
    const bytes = await collect(stream(plan, this.source(upload), plainTools));
    const place = await ready();
    if (place === null || !(await this.put(key, bytes, '', place.expected, origin))) return null;
    return { bytesSent: plan.size };
  }
}
