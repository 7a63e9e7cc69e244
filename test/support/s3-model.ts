import { createHash, randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../../core/model/crc32.ts';

/** An error answer of S3. */
export class S3Fault extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string = code) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface Stored {
  bytes: Buffer;
  etag: string;
  versionId: string | null;
  contentType: string;
  metadata: Record<string, string>;
  /** The order of the writes to a key, as events of S3 carry it. */
  sequencer: string;
  lastModified?: Date;
}

type Attributes = Pick<Stored, 'contentType' | 'metadata'>;

/** The condition under which a write or a removal happens. */
export interface Condition {
  ifMatch: string | null;
  ifNoneMatch: string | null;
}

const ANYHOW: Condition = { ifMatch: null, ifNoneMatch: null };

interface Upload {
  bucket: string;
  key: string;
  /** Milliseconds since the epoch. */
  initiated: number;
  attributes: Attributes;
  checksumType: string | null;
  parts: Map<number, { bytes: Buffer; etag: string; crc32: string }>;
}

const MIB = 2 ** 20;
const MIN_PART = 5 * MIB;
const MAX_PART_NUMBER = 10_000;
const MAX_KEY_BYTES = 1024;

/** The rules of S3 over a map, as strict as the service where a client could get them wrong. */
export class S3Model {
  readonly #buckets = new Map<string, { versioned: boolean; objects: Map<string, Stored[]> }>();
  readonly #uploads = new Map<string, Upload>();
  #writes = 0;
  /** True to give each copied part the CRC-32 of its whole source, and to compute with those, as versitygw 1.8 does. */
  mistakesCopies = false;
  /** Called for each object that has appeared. */
  onCreated: (bucket: string, key: string, stored: Stored) => void = () => {};

  createBucket(name: string, versioned = false): void {
    this.#buckets.set(name, { versioned, objects: new Map() });
  }

  put(
    bucket: string,
    key: string,
    bytes: Buffer,
    attributes: Attributes,
    { condition = ANYHOW, etag = md5(bytes) }: { condition?: Condition; etag?: string } = {},
  ): Stored {
    const { versioned, objects } = this.#bucket(bucket);
    checkKey(key);
    this.#check(bucket, key, condition);
    const sequencer = (++this.#writes).toString(16).toUpperCase();
    const stored: Stored = {
      bytes,
      etag,
      versionId: versioned ? randomUUID() : null,
      sequencer,
      lastModified: new Date(),
      ...attributes,
    };
    objects.set(key, versioned ? [...(objects.get(key) ?? []), stored] : [stored]);
    this.onCreated(bucket, key, stored);
    return stored;
  }

  get(bucket: string, key: string, versionId: string | null = null): Stored {
    checkKey(key);
    const versions = this.#bucket(bucket).objects.get(key) ?? [];
    const found = versionId === null ? versions.at(-1) : versions.find((each) => each.versionId === versionId);
    if (found === undefined) throw new S3Fault(404, versionId === null ? 'NoSuchKey' : 'NoSuchVersion');
    return found;
  }

  remove(bucket: string, key: string, condition: Condition = ANYHOW): void {
    this.#check(bucket, key, condition);
    this.#bucket(bucket).objects.delete(key);
  }

  /** Saves the objects of a bucket. The returned function restores them, and aborts the bucket's unfinished uploads. */
  save(bucket: string): () => void {
    const saved = new Map(this.#bucket(bucket).objects);
    return () => {
      this.#bucket(bucket).objects = new Map(saved);
      for (const { id } of this.unfinished(bucket)) this.abort(id);
    };
  }

  list(bucket: string, prefix = ''): { key: string; stored: Stored }[] {
    const keys = [...this.#bucket(bucket).objects.keys()].filter((key) => key.startsWith(prefix));
    return keys
      .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map((key) => ({ key, stored: this.get(bucket, key) }));
  }

  /** The uploads that were neither completed nor aborted. */
  unfinished(bucket: string): { id: string; key: string; initiated: number; parts: number }[] {
    const ofBucket = [...this.#uploads].filter(([, upload]) => upload.bucket === bucket);
    return ofBucket.map(([id, { key, initiated, parts }]) => ({ id, key, initiated, parts: parts.size }));
  }

  /** Makes all unfinished uploads older by this time. */
  age(milliseconds: number): void {
    for (const upload of this.#uploads.values()) upload.initiated -= milliseconds;
  }

  createUpload(bucket: string, key: string, attributes: Attributes, checksumType: string | null): string {
    this.#bucket(bucket);
    checkKey(key);
    const id = randomUUID();
    this.#uploads.set(id, { bucket, key, initiated: Date.now(), attributes, checksumType, parts: new Map() });
    return id;
  }

  putPart(id: string, number: number, bytes: Buffer): { etag: string; crc32: string } {
    if (number < 1 || number > MAX_PART_NUMBER) throw new S3Fault(400, 'InvalidArgument', 'Part number out of range');
    const part = { bytes, etag: md5(bytes), crc32: crcBase64(bytes) };
    this.#upload(id).parts.set(number, part);
    return part;
  }

  /** The parts of an unfinished upload, in the order of their numbers. */
  parts(id: string): { number: number; size: number; etag: string; crc32: string }[] {
    const parts = [...this.#upload(id).parts].toSorted(([a], [b]) => a - b);
    return parts.map(([number, { bytes, etag, crc32: sum }]) => ({ number, size: bytes.length, etag, crc32: sum }));
  }

  copyPart(id: string, number: number, source: Stored, start: number, end: number): { etag: string; crc32: string } {
    if (source.bytes.length <= MIN_PART) throw new S3Fault(400, 'InvalidRequest', 'Source too small for a range copy');
    if (start >= end || end > source.bytes.length)
      throw new S3Fault(400, 'InvalidArgument', 'Range not inside the source');
    const part = this.putPart(id, number, source.bytes.subarray(start, end));
    return this.mistakesCopies ? Object.assign(part, { crc32: crcBase64(source.bytes) }) : part;
  }

  complete(
    id: string,
    listed: { number: number; etag: string; crc32: string | null }[],
    condition: Condition,
    want: { crc32: string | null; checksumType: string | null; size: number | null },
  ): Stored {
    const upload = this.#upload(id);
    this.#check(upload.bucket, upload.key, condition);
    const parts = listed.map(({ number, etag, crc32: sum }, index) => {
      if (index > 0 && number <= (listed[index - 1]?.number ?? 0)) throw new S3Fault(400, 'InvalidPartOrder');
      const part = upload.parts.get(number);
      if (part?.etag !== etag || (sum !== null && sum !== part.crc32)) throw new S3Fault(400, 'InvalidPart');
      if (part.bytes.length < MIN_PART && index < listed.length - 1) throw new S3Fault(400, 'EntityTooSmall');
      return part;
    });
    if (parts.length === 0) throw new S3Fault(400, 'MalformedXML');
    const bytes = Buffer.concat(parts.map((part) => part.bytes));
    if (want.checksumType !== upload.checksumType) throw new S3Fault(400, 'InvalidRequest', 'Another checksum type');
    const sum = this.mistakesCopies ? combined(parts) : crcBase64(bytes);
    if (want.crc32 !== null && want.crc32 !== sum) throw new S3Fault(400, 'BadDigest');
    if (want.size !== null && want.size !== bytes.length) throw new S3Fault(400, 'InvalidRequest', 'Another size');
    this.#uploads.delete(id);
    const etag = `${md5(Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex'))))}-${parts.length}`;
    return this.put(upload.bucket, upload.key, bytes, upload.attributes, { etag });
  }

  abort(id: string): void {
    this.#upload(id);
    this.#uploads.delete(id);
  }

  /** S3 User Guide, "conditional requests": a condition on an ETag fails also when there is no object. */
  #check(bucket: string, key: string, { ifMatch, ifNoneMatch }: Condition): void {
    const there = this.#bucket(bucket).objects.get(key)?.at(-1);
    if (ifNoneMatch !== null && ifNoneMatch !== '*') throw new S3Fault(501, 'NotImplemented', 'If-None-Match');
    if (ifNoneMatch !== null && there !== undefined) throw new S3Fault(412, 'PreconditionFailed');
    if (ifMatch !== null && there === undefined) throw new S3Fault(404, 'NoSuchKey');
    if (ifMatch !== null && ifMatch !== there?.etag) throw new S3Fault(412, 'PreconditionFailed');
  }

  #bucket(name: string): { versioned: boolean; objects: Map<string, Stored[]> } {
    const bucket = this.#buckets.get(name);
    if (bucket === undefined) throw new S3Fault(404, 'NoSuchBucket');
    return bucket;
  }

  #upload(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw new S3Fault(404, 'NoSuchUpload');
    return upload;
  }
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new S3Fault(400, 'KeyTooLongError');
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

/** The CRC-32 of some bytes as S3 writes it in headers. */
export function crcBase64(bytes: Uint8Array): string {
  return inBase64(crc32(bytes));
}

/** The CRC-32 of several parts together, computed from their recorded CRC-32s. */
function combined(parts: { bytes: Buffer; crc32: string }[]): string {
  const sums = parts.map((part) => ({
    sum: Buffer.from(part.crc32, 'base64').readUInt32BE(),
    size: part.bytes.length,
  }));
  return inBase64(sums.reduce((all, { sum, size }) => combineCrc32(all, sum, size), 0));
}

function inBase64(crc: number): string {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc);
  return sum.toString('base64');
}
