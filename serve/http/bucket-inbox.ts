import { crc32 } from 'node:zlib';
import { put } from '../../remote/put.ts';
import { putSidecar } from '../../remote/upload.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { S3Access } from '../../s3/client.ts';
import { MultipartUpload, type Target } from '../../s3/multipart.ts';
import { type Inbox, type Incoming, NO_OPTIONS } from './inbox.ts';

/**
 * The number of bytes in each part of an S3 multipart upload, except the last. A part is collected in memory, and then
 * sent. With this size, the largest upload (`LIMITS.pageUploadBytes`) has 8,192 parts; S3 allows 10,000.
 */
const PART_BYTES = 8 * 2 ** 20;

const DESCRIPTION = { ContentType: 'application/x-tar', Metadata: {} };

/**
 * Receives the files that users send through the web page, and stores them in the bucket of uploads by S3 multipart
 * uploads.
 */
export class BucketInbox implements Inbox {
  readonly #access: S3Access;
  readonly #bucket: string;

  constructor(access: S3Access, bucket: string) {
    this.#access = access;
    this.#bucket = bucket;
  }

  async begin(key: string, size: number): Promise<Incoming> {
    const target = { bucket: this.#bucket, key };
    const multipart = size === 0 ? null : await MultipartUpload.create(this.#access, target, DESCRIPTION);
    return new IncomingObject(this.#access, target, size, multipart);
  }

  async free(): Promise<number> {
    return Infinity;
  }
}

class IncomingObject implements Incoming {
  received = 0;
  readonly #access: S3Access;
  readonly #target: Target;
  readonly #size: number;
  /**
   * The S3 multipart upload that writes the received file. Null for an empty file, which is written by a simple
   * request: a multipart upload has at least one byte.
   */
  readonly #multipart: MultipartUpload | null;
  readonly #part: Buffer;
  /** The number of bytes at the beginning of the buffer `#part` that wait to be sent. */
  #filled = 0;
  #parts = 0;
  #crc32 = 0;

  constructor(access: S3Access, target: Target, size: number, multipart: MultipartUpload | null) {
    this.#access = access;
    this.#target = target;
    this.#size = size;
    this.#multipart = multipart;
    this.#part = Buffer.allocUnsafeSlow(Math.min(size, PART_BYTES));
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      if (this.#filled === this.#part.length) await this.#send();
      const piece = chunk.subarray(at, at + this.#part.length - this.#filled);
      this.#part.set(piece, this.#filled);
      this.#filled += piece.length;
      this.received += piece.length;
      this.#crc32 = crc32(piece, this.#crc32);
      at += piece.length;
    }
  }

  async finish(options: Uint8Array | null): Promise<void> {
    if (this.#filled > 0) await this.#send();
    await putSidecar(this.#access, this.#target, { bytes: options ?? NO_OPTIONS, needed: options !== null });
    if (this.#multipart === null) {
      await put(this.#access, this.#target, new Uint8Array(), DESCRIPTION);
      return;
    }
    const written = await this.#multipart.complete({ size: this.#size, crc32: this.#crc32 }, {});
    if (written === null)
      throw new LadingError('store-failed', `Cannot finish ${this.#target.key}: somebody else has ended this upload.`);
  }

  async discard(): Promise<void> {
    await this.#multipart?.abort();
  }

  async #send(): Promise<void> {
    await this.#multipart?.send(this.#parts + 1, this.#part.subarray(0, this.#filled));
    this.#parts += 1;
    this.#filled = 0;
  }
}
