import { createHash, randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { asText } from '../core/model/json.ts';
import { resultKeys } from '../core/service/keys.ts';
import { objectIn } from '../core/service/read-back.ts';
import { bareEtag, type Condition, isConflict, onlyIf, type S3Access } from '../s3/client.ts';
import { abortOpen } from '../s3/multipart.ts';
import { readUpTo } from '../s3/uploads.ts';

/** A lease on one key. While a process holds it, no other process writes the results of that key. */
export interface Lease {
  /** Aborts when the lease could not be renewed in time. Another process may then have it. */
  lost: AbortSignal;
  release(): Promise<void>;
}

/** The folder in the results bucket in which leases are kept. */
export const LEASES = '.lading/leases/';

/**
 * The milliseconds after which a lease that was not renewed has expired, and other processes may remove it. Its holder
 * renews it four times in that time. If it cannot, it stops its work after three quarters of the time.
 */
const TERM_MS = 20_000;

/** The most bytes of a lease that are read: enough for the longest upload key, with all characters escaped. */
const LEASE_BYTES = 16_384;

/** The content of a lease, as JSON. Each renewal raises `beat`, so that the ETag changes. */
interface Content {
  holder: string;
  /** The key of the upload that the lease is for; null when the stored object is no lease. */
  uploadKey: string | null;
  beat: number;
}

/**
 * The leases in a results bucket, one for each upload that some process works on (docs/decisions/0087). Clocks of other
 * machines do not count: a lease has expired when this process has seen no change of it for the whole term.
 */
export class Leases {
  readonly #access: S3Access;
  readonly #bucket: string;
  readonly #term: number;
  readonly #held = new Set<string>();
  /** The leases of other processes, by key: the ETag of each, and since when this process has seen it. */
  #seen = new Map<string, { etag: string; since: number }>();

  constructor(access: S3Access, bucket: string, term = TERM_MS) {
    this.#access = access;
    this.#bucket = bucket;
    this.#term = term;
  }

  /** Takes the lease on an upload's key. Null when another process, or other work of this process, has it. */
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
   * Removes the leases that have expired, and aborts the multipart uploads of their holders. It must be called at least
   * once in each lease term.
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

  /** Removes an expired lease. Of several processes only one does, because it first takes over the lease. */
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

  /** A lease that this process holds, and that renews itself until it is released or lost. */
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

  /** Writes a lease under a condition on its ETag, and returns the new ETag. Null when the condition is not met. */
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

  /** An option to abort a request after a quarter of the term. A late one could overwrite another process's lease. */
  #inTime(): { abortSignal: AbortSignal } {
    return { abortSignal: AbortSignal.timeout(this.#term / 4) };
  }
}

/** A text field of a stored lease. Null when there is none, or no lease that could be read. */
function fieldIn(bytes: Uint8Array | null | undefined, name: string): string | null {
  return bytes ? asText(objectIn(bytes)?.[name]) : null;
}
