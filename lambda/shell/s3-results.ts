import { PutObjectCommand } from '@aws-sdk/client-s3';
import { LIMITS } from '../core/limits.ts';
import type { Plan } from '../core/image/plan.ts';
import type { Results, Tools, UploadIdentity, Uploads } from '../core/ports.ts';
import { assemble } from './s3-assemble.ts';
import { endedBy } from './s3-client.ts';
import type { S3Access } from './s3-client.ts';
import { readSmall } from './s3-uploads.ts';

/** Results in one S3 bucket. Image archives are put together by S3 itself wherever it can. */
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

  async get(key: string): Promise<Uint8Array | null> {
    return await readSmall(this.#access, this.#bucket, key, LIMITS.inspectionBytes);
  }

  async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
    const { client, owner, signal } = this.#access;
    const target = { Bucket: this.#bucket, Key: key, ExpectedBucketOwner: owner };
    const command = new PutObjectCommand({ ...target, Body: bytes, ContentType: contentType });
    await client.send(command, endedBy(signal));
  }

  uri(key: string): string {
    return `s3://${this.#bucket}/${key}`;
  }

  async assemble(key: string, plan: Plan, upload: UploadIdentity, contentType: string): Promise<{ bytesSent: number }> {
    const target = { bucket: this.#bucket, key, contentType };
    return await assemble(this.#access, target, { plan, upload, uploads: this.#uploads, tools: this.#tools });
  }
}
