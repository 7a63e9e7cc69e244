import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type Part,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { combineCrc32 } from '../core/model/crc32.ts';
import { LadingError } from '../core/model/errors.ts';
import type { Plan } from '../core/model/plan.ts';
import type { UploadIdentity } from '../core/service/stores.ts';
import { bareEtag, type Condition, endedBy, isConflict, lacksCall, type S3Access, sendsChecksums } from './client.ts';

/** The bucket and the key under which an object is stored in S3. */
export interface Target {
  bucket: string;
  key: string;
}

/** The content type and the user metadata of an object that is stored in S3. */
export interface Description {
  ContentType: string;
  Metadata: Record<string, string>;
}

/** The ETag and the version of an object that was stored in S3. The version is null in a bucket without versioning. */
export interface Written {
  etag: string;
  versionId: string | null;
}

/**
 * The age in milliseconds at which an open multipart upload counts as abandoned, and may be aborted. No Lambda
 * invocation lasts that long.
 */
const ABANDONED_MS = 20 * 60_000;

/** A multipart upload to S3. Its parts may come in any order, and the object becomes visible only by `complete`. */
export class MultipartUpload {
  readonly #access: S3Access;
  readonly #upload: { Bucket: string; Key: string; UploadId: string; ExpectedBucketOwner: string | undefined };
  readonly #parts: CompletedPart[] = [];
  /** The size in bytes of each part of the multipart upload, by the number of the part. */
  readonly #sizes = new Map<number, number>();

  /** Continues a multipart upload that was begun before. `id` is the ID that S3 gave it. */
  constructor(access: S3Access, { bucket, key }: Target, id: string) {
    this.#access = access;
    this.#upload = { Bucket: bucket, Key: key, UploadId: id, ExpectedBucketOwner: access.owner };
  }

  static async create(access: S3Access, target: Target, description: Description): Promise<MultipartUpload> {
    const { client, owner, signal } = access;
    const { bucket: Bucket, key: Key } = target;
    // Ask for the CRC-32 of the whole object, which the plan can give. CRC-32s of parts that S3 copies are not known
    // here.
    const sums = (await sendsChecksums(access))
      ? ({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const)
      : {};
    const object = { Bucket, Key, ...description, ...sums, ExpectedBucketOwner: owner };
    const command = new CreateMultipartUploadCommand(object);
    const { UploadId: id } = await client.send(command, endedBy(signal));
    if (id === undefined) throw new LadingError('output-failed', `Cannot store ${Key}: S3 gave the upload no id`);
    return new MultipartUpload(access, target, id);
  }

  /**
   * The ETag that S3 will give to the completed object, unless S3 encrypts the object with a KMS key: the MD5 of the
   * MD5s of all parts, a hyphen, and the number of parts.
   */
  get etag(): string {
    const sums = this.#inOrder().map((part) => Buffer.from(bareEtag(part.ETag), 'hex'));
    return `${createHash('md5').update(Buffer.concat(sums)).digest('hex')}-${sums.length}`;
  }

  /** Notes a part that S3 already has from an earlier attempt. It need not be sent again. */
  keep({ PartNumber, ETag, ChecksumCRC32, Size = 0 }: Part): void {
    this.#add({ PartNumber, ETag, ChecksumCRC32 }, Size);
  }

  async send(number: number, bytes: Uint8Array): Promise<void> {
    const { client, signal } = this.#access;
    const command = new UploadPartCommand({ ...this.#upload, PartNumber: number, Body: bytes });
    const { ETag, ChecksumCRC32 } = await client.send(command, endedBy(signal));
    this.#add({ PartNumber: number, ETag, ChecksumCRC32 }, bytes.length);
  }

  /**
   * Lets S3 copy the bytes of an upload from `start` up to and without `end` as the part `number`, counted from 1. The
   * request names the version and the ETag of the upload. Returns false when the store cannot copy parts: such a store
   * answers with an error, or without the ETag of a copied part.
   */
  async copy(number: number, source: UploadIdentity, start: number, end: number): Promise<boolean> {
    const { client, owner, signal } = this.#access;
    const command = new UploadPartCopyCommand({
      ...this.#upload,
      PartNumber: number,
      CopySource: copySource(source),
      CopySourceRange: `bytes=${start}-${end - 1}`,
      CopySourceIfMatch: `"${source.etag}"`,
      ExpectedSourceBucketOwner: owner,
    });
    try {
      const { CopyPartResult: { ETag, ChecksumCRC32 } = {} } = await client.send(command, endedBy(signal));
      if (ETag === undefined) return false;
      this.#add({ PartNumber: number, ETag, ChecksumCRC32 }, end - start);
      return true;
    } catch (error) {
      if (lacksCall(error)) return false;
      throw error;
    }
  }

  /**
   * Compares the CRC-32 that follows from the CRC-32s of the parts, which the store reported, with `whole`, the CRC-32
   * of the whole object. False when the two differ: the store would then refuse to complete the upload. True when
   * `whole` is undefined, or when the store did not report the CRC-32 of some part.
   */
  agreesWith(whole: number | undefined): boolean {
    let sum = 0;
    for (const { PartNumber: number = 0, ChecksumCRC32: part } of this.#inOrder()) {
      if (part === undefined) return true;
      sum = combineCrc32(sum, Buffer.from(part, 'base64').readUInt32BE(), this.#sizes.get(number) ?? 0);
    }
    return whole === undefined || sum === whole >>> 0;
  }

  /**
   * Completes the multipart upload and makes the object visible, after S3 has checked its size and checksum. Returns
   * its ETag and version. Null when `condition` is not met. Null also when the multipart upload no longer exists, for
   * example because an earlier `complete` succeeded but its answer was lost.
   */
  async complete({ size, crc32 }: Pick<Plan, 'size' | 'crc32'>, condition: Condition): Promise<Written | null> {
    const { client, signal } = this.#access;
    const checksums = await sendsChecksums(this.#access);
    const command = new CompleteMultipartUploadCommand({
      ...this.#upload,
      MultipartUpload: { Parts: this.#inOrder() },
      MpuObjectSize: size,
      ...condition,
      ...(checksums && { ChecksumType: 'FULL_OBJECT' }),
      ...(checksums && crc32 !== undefined && { ChecksumCRC32: crc32Base64(crc32) }),
    });
    try {
      const { ETag, VersionId } = await client.send(command, endedBy(signal));
      return { etag: bareEtag(ETag), versionId: VersionId ?? null };
    } catch (error) {
      if (isConflict(error)) return null;
      throw error;
    }
  }

  #add(part: CompletedPart, size: number): void {
    this.#parts.push(part);
    this.#sizes.set(part.PartNumber ?? 0, size);
  }

  #inOrder(): CompletedPart[] {
    return this.#parts.toSorted((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
  }

  /**
   * Aborts the multipart upload, which deletes its parts. Never throws: if the request fails, a lifecycle rule of the
   * bucket deletes the parts later.
   */
  async abort(): Promise<void> {
    try {
      await this.#access.client.send(new AbortMultipartUploadCommand(this.#upload));
    } catch {
      // The failure that led to this abort is the one to report.
    }
  }
}

/**
 * Aborts the multipart uploads to a key that were begun more than `ABANDONED_MS` ago, by invocations that crashed. It
 * never throws: a lifecycle rule of the bucket does the same a day later.
 */
export async function abortAbandoned(access: S3Access, target: Target): Promise<void> {
  await abortBefore(Date.now() - ABANDONED_MS, access, target);
}

/** Aborts all open multipart uploads to a key. The caller must know that nobody else writes to it. Does not throw. */
export async function abortOpen(access: S3Access, target: Target): Promise<void> {
  await abortBefore(Infinity, access, target);
}

async function abortBefore(
  latest: number,
  { client, owner, signal }: S3Access,
  { bucket, key }: Target,
): Promise<void> {
  const object = { Bucket: bucket, ExpectedBucketOwner: owner };
  try {
    const command = new ListMultipartUploadsCommand({ ...object, Prefix: key });
    const { Uploads: uploads = [] } = await client.send(command, endedBy(signal));
    for (const { Key, UploadId, Initiated } of uploads) {
      if (Key !== key || Initiated === undefined || Initiated.getTime() > latest) continue;
      await client.send(new AbortMultipartUploadCommand({ ...object, Key, UploadId }), endedBy(signal));
    }
  } catch {
    // The conversion does not depend on this.
  }
}

/** Writes a CRC-32 as S3 does: four bytes, big-endian, in base64. */
export function crc32Base64(crc32: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32);
  return bytes.toString('base64');
}

/** The parameter `CopySource` for copying from an upload: bucket, key and version. The key is percent-encoded. */
function copySource({ bucket, key, versionId }: UploadIdentity): string {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
  return versionId === null ? path : `${path}?versionId=${encodeURIComponent(versionId)}`;
}
