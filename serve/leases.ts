import { createHash, randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { asText } from '../core/model/json.ts';
import { resultKeys } from '../core/service/keys.ts';
import { objectIn } from '../core/service/read-back.ts';
import { bareEtag, type Condition, isConflict, onlyIf, type S3Access } from '../s3/client.ts';
import { abortOpen } from '../s3/multipart.ts';
import { readUpTo } from '../s3/uploads.ts';

/**
 * A lease: a lock on the key of an upload that expires unless it is renewed. While a process holds it, no other process
 * writes the results of that upload.
 */
export interface Lease {
  /**
   * The signal that aborts when the lease, the lock on an upload, could not be renewed in time, or was taken by another
   * process. Another process may hold the lease from then on.
   */
  lost: AbortSignal;
  release(): Promise<void>;
}

/** The folder in the results bucket for leases, the objects by which processes lock the uploads that they work on. */
export const LEASES = '.lading/leases/';

/**
 * The milliseconds after which a lease (a lock on an upload) has expired if it was not renewed, so that other
 * processes may remove it. The process that holds it renews it four times in this time. If that is not possible, the
 * process stops its work on the upload, at the latest when three quarters of this time are over.
 */
const TERM_MS = 20_000;

/**
 * The largest number of bytes that are read of a stored lease (a lock on an upload). They are enough for the longest
 * key of an upload, with all characters escaped. A larger object is no lease.
 */
const LEASE_BYTES = 16_384;

/**
 * The JSON content of a lease, the object by which a process locks an upload. Each renewal raises `beat`, so that the
 * ETag of the object changes.
 */
interface Content {
  holder: string;
  /** The key of the upload that this lease locks; null when the stored object is no lease. */
  uploadKey: string | null;
  beat: number;
}

/**
 * The leases in a results bucket: objects by which processes lock the uploads that they work on (docs/decisions/0087).
 * A lease has expired when this process has seen no change of it for `term` milliseconds. So the clocks of other
 * machines do not matter.
 */
export class Leases {
  readonly #access: S3Access;
  readonly #bucket: string;
  readonly #term: number;
  readonly #held = new Set<string>();
  /**
   * The leases of other processes, by object key. Each has its ETag, and the time when this process first saw that
   * ETag, in milliseconds of `performance.now()`.
   */
  #seen = new Map<string, { etag: string; since: number }>();

  constructor(access: S3Access, bucket: string, term = TERM_MS) {
    this.#access = access;
    this.#bucket = bucket;
    this.#term = term;
  }

  /**
   * Locks the upload with this key by taking its lease, and returns the lease. While this process holds it, no other
   * process can take it. Returns null when the lease is held already, by another process or by other work in this
   * process.
   */
  async take(uploadKey: string): Promise<Lease | null> {
    const at = LEASES + createHash('sha256').update(uploadKey).digest('hex');
    if (this.#held.has(at)) return null;
    this.#held.add(at);
    try {
      const holder = randomUUID();
      const since = performance.now();
      const etag = await this.#put(at, { holder, uploadKey, beat: 0 }, onlyIf(null));
      if (etag !== null) return this.#renewed(at, { holder, uploadKey }, etag, since);
    } catch (error) {
      this.#held.delete(at);
      throw error;
    }
    this.#held.delete(at);
    return null;
  }

  /**
   * Removes the leases of other processes that have expired. Also aborts the multipart uploads that the holders of
   * these leases have begun and not completed. Has to be called again and again: a lease has expired when two calls,
   * at least the term of a lease apart, find it unchanged.
   */
  async sweep(): Promise<void> {
    const { client } = this.#access;
    const list = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: LEASES });
    const { Contents: found = [] } = await client.send(list, this.#inTime());
    const now = performance.now();
    const seen = new Map<string, { etag: string; since: number }>();
    for (const { Key: at = '', ETag } of found) {
      if (this.#held.has(at)) continue;
      const etag = bareEtag(ETag);
      const before = this.#seen.get(at);
      const since = before?.etag === etag ? before.since : now;
      if (now - since >= this.#term) await this.#clear(at, etag);
      else seen.set(at, { etag, since });
    }
    this.#seen = seen;
  }

  /**
   * Removes the expired lease under the key `at`, if its ETag is still `etag`, and aborts the multipart uploads for the
   * results of its upload. Of several processes only one does so: it first replaces the lease by one of its own.
   */
  async #clear(at: string, etag: string): Promise<void> {
    const access = { ...this.#access, signal: AbortSignal.timeout(this.#term / 2) };
    const there = await readUpTo(access, this.#bucket, at, LEASE_BYTES);
    if (there?.etag !== etag) return;
    const uploadKey = fieldIn(there.bytes, 'uploadKey');
    const mine = await this.#put(at, { holder: randomUUID(), uploadKey, beat: 0 }, onlyIf(etag));
    if (mine === null) return;
    const { image, rootfs } = resultKeys(uploadKey ?? '');
    for (const key of uploadKey === null ? [] : [image, rootfs]) await abortOpen(access, { bucket: this.#bucket, key });
    // Later, the lease may have expired as well, and be another process's by now.
    if (!access.signal.aborted) await this.#remove(at, mine);
  }

  /**
   * Renews a lease that this process has just stored under the key `at`, until the lease is released or lost. Returns
   * the lease. `body` is the content of the stored lease, and `first` is its ETag. `since` is the time just before it
   * was stored, in milliseconds of `performance.now()`.
   */
  #renewed(at: string, body: Omit<Content, 'beat'>, first: string, since: number): Lease {
    const lost = new AbortController();
    let [etag, renewed, beat] = [first, since, 0];
    const renew = async (): Promise<void> => {
      const now = performance.now();
      beat += 1;
      const next = await this.#put(at, { ...body, beat }, onlyIf(etag)).catch(() => etag);
      if (next === null) lost.abort(new Error('somebody else has taken its lease'));
      else if (next !== etag) [etag, renewed] = [next, now];
      else if (performance.now() - renewed > this.#term / 2) lost.abort(new Error('its lease could not be renewed'));
    };
    let renewing = Promise.resolve();
    const timer = setInterval(() => (renewing = renewing.then(renew)), this.#term / 4);
    const release = async (): Promise<void> => {
      clearInterval(timer);
      await renewing;
      // Not every store checks the ETag when it deletes. So the lease must be sure to be ours until it is deleted.
      if (!lost.signal.aborted && performance.now() - renewed > this.#term / 4) await renew();
      if (!lost.signal.aborted) await this.#remove(at, etag).catch(() => undefined);
      this.#held.delete(at);
    };
    lost.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    return { lost: lost.signal, release };
  }

  /**
   * Stores a lease with the content `body` under the key `at`, if the object there meets `condition`: it has a certain
   * ETag, or it does not exist. Returns the new ETag; null when the condition is not met.
   */
  async #put(at: string, body: Content, condition: Condition): Promise<string | null> {
    const object = { Bucket: this.#bucket, Key: at, Body: JSON.stringify(body), ContentType: 'application/json' };
    const inTime = this.#inTime();
    try {
      const { ETag } = await this.#access.client.send(new PutObjectCommand({ ...object, ...condition }), inTime);
      return bareEtag(ETag);
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
    // When an answer is lost, the SDK repeats the request, and the repeat meets what the first one has written.
    const there = await readUpTo({ ...this.#access, signal: inTime.abortSignal }, this.#bucket, at, LEASE_BYTES);
    return fieldIn(there?.bytes, 'holder') === body.holder ? (there?.etag ?? null) : null;
  }

  async #remove(at: string, etag: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: at, IfMatch: etag };
    await this.#access.client.send(new DeleteObjectCommand(object), this.#inTime());
  }

  /**
   * Returns the option for the S3 client that aborts a request after a quarter of the time for which a lease is valid.
   * A slower request could replace the lease of another process.
   */
  #inTime(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#term / 4) };
  }
}

/**
 * Returns the text field `name` in the JSON of a stored lease. Null when there are no bytes, when they are not JSON,
 * or when they have no such field.
 */
function fieldIn(bytes: Uint8Array | null | undefined, name: string): string | null {
  return bytes ? asText(objectIn(bytes)?.[name]) : null;
}
