import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { LIMITS } from '../core/limits.ts';
import type { Plan } from '../core/model/plan.ts';
import type { Tools } from '../core/model/ports.ts';
import type { AssembleOptions, Origin, Results, UploadIdentity, Uploads } from '../core/service/stores.ts';
import { assemble } from './assemble.ts';
import { bareEtag, endedBy, isConflict, isMissing, onlyIf, type S3Access } from './client.ts';
import { originIn, originMetadata } from './metadata.ts';
import { readUpTo } from './uploads.ts';

/**
 * The store of results, the objects that Lading writes for uploads, in one S3 bucket. To store an image archive, S3
 * itself copies as many of its bytes as possible from the upload.
 */
export class S3Results implements Results {
  readonly #access: S3Access;
  readonly #bucket: string;
  readonly #uploads: Uploads;
  readonly #tools: Tools;

  constructor(access: S3Access, bucket: string, uploads: Uploads, tools: Tools) {
    this.#access = access;
    this.#bucket = bucket;
    this.#uploads = uploads;
    this.#tools = tools;
  }

  async get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null> {
    const result = await readUpTo(this.#access, this.#bucket, key, LIMITS.inspectionBytes);
    return result === null ? null : { ...result, bytes: result.bytes ?? new Uint8Array() };
  }

  async stat(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null> {
    const { client, signal } = this.#access;
    try {
      const head = await client.send(new HeadObjectCommand(this.#object(key)), endedBy(signal));
      return { etag: bareEtag(head.ETag), size: head.ContentLength ?? 0, origin: originIn(head.Metadata ?? {}) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async put(
    key: string,
    bytes: Uint8Array,
    contentType: string,
    expected: string | null,
    origin?: Origin,
  ): Promise<boolean> {
    const { client, signal } = this.#access;
    const body = { Body: bytes, ContentType: contentType, Metadata: origin && originMetadata(origin) };
    const command = new PutObjectCommand({ ...this.#object(key), ...body, ...onlyIf(expected) });
    return await unlessConflict(client.send(command, endedBy(signal)));
  }

  async remove(key: string, expected: string): Promise<boolean> {
    const { client, signal } = this.#access;
    const command = new DeleteObjectCommand({ ...this.#object(key), IfMatch: expected });
    return await unlessConflict(client.send(command, endedBy(signal)));
  }

  uri(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }

  async assemble(
    key: string,
    plan: Plan,
    upload: UploadIdentity,
    options: AssembleOptions,
  ): Promise<{ bytesSent: number } | null> {
    const assembly = { plan, upload, uploads: this.#uploads, tools: this.#tools, options };
    return await assemble(this.#access, { bucket: this.#bucket, key }, assembly);
  }

  #object(key: string): { Bucket: string; Key: string; ExpectedBucketOwner: string | undefined } {
    return { Bucket: this.#bucket, Key: key, ExpectedBucketOwner: this.#access.owner };
  }
}

async function unlessConflict(change: Promise<unknown>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}
