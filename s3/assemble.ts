import { PutObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import { stream } from '../core/convert/execute.ts';
import { LadingError } from '../core/model/errors.ts';
import { pieces } from '../core/model/pieces.ts';
import { type Plan, plan as planOf } from '../core/model/plan.ts';
import type { Tools } from '../core/model/ports.ts';
import { type AssembleOptions, objectsOf, type UploadIdentity, type Uploads } from '../core/service/stores.ts';
import {
  endedBy,
  isChanged,
  isConflict,
  onlyIf,
  orDeadline,
  type S3Access,
  sendsChecksums,
  sourceChanged,
} from './client.ts';
import { originMetadata } from './metadata.ts';
import { abortAbandoned, crc32Base64, type Description, MultipartUpload, type Target } from './multipart.ts';
import { atMost, inParallel } from './parallel.ts';
import { divide, S3_RULES, type S3Part, s3PartSize, streamPartSize } from './parts.ts';
import { refusedForGood } from './refusals.ts';

/**
 * An image archive that is to be stored in S3. `plan` lists its parts, and `upload` is the upload from which ranges are
 * copied. `options` decide whether the archive may become visible.
 */
interface Assembly {
  plan: Plan;
  upload: UploadIdentity;
  uploads: Uploads;
  tools: Tools;
  options: AssembleOptions;
}

/**
 * The outcome of storing an image archive: the number of bytes that were sent. Null when nothing was stored, because
 * the callback `options.ready` returned null, or because another invocation changed the object first.
 */
type Stored = { bytesSent: number } | null;

/**
 * The outcome of storing an image archive when a store other than Amazon S3 cannot copy parts, or gives a wrong
 * checksum for a copied part. All bytes must then be sent.
 */
type NotCopied = 'not-copied';

/** The number of parts that S3 copies at the same time. Copies take no memory or CPU time of the Lambda function. */
const COPIES_IN_FLIGHT = 8;

/**
 * The number of parts that are sent to S3 at the same time. All of them are in memory. If the image archive can only be
 * read in order, so is the next part, to which bytes are still added.
 */
const SENDS_IN_FLIGHT = 3;

/**
 * Stores an image archive in S3 under one key, completely or not at all. Returns the number of bytes that were sent.
 * Returns null when nothing was stored, because the callback `options.ready` returned null, or because another
 * invocation changed the object first. Throws `source-changed` if the upload was replaced, `deadline` if the time of
 * the Lambda invocation is over, and `output-failed` if S3 refuses to store it.
 */
export async function assemble(access: S3Access, target: Target, assembly: Assembly): Promise<Stored> {
  try {
    const division = divide(assembly.plan, S3_RULES, bordersOf(assembly.upload));
    switch (division.kind) {
      case 'put':
        return await putWhole(access, target, assembly);
      case 'splice': {
        const copied = await inParts(access, target, assembly, (upload) => splice(upload, division.parts, assembly));
        return copied === 'not-copied' ? await streamed(access, target, assembly) : copied;
      }
      case 'stream':
        return await streamed(access, target, assembly);
    }
  } catch (error) {
    throw failure(error, access, target, assembly);
  }
}

async function putWhole(access: S3Access, target: Target, assembly: Assembly): Promise<Stored> {
  const { client, owner, signal } = access;
  const { crc32 } = assembly.plan;
  const checksum = crc32 !== undefined && (await sendsChecksums(access)) ? { ChecksumCRC32: crc32Base64(crc32) } : {};
  const body = { Body: await read(assembly.plan, assembly), ...description(assembly), ...checksum };
  const place = await assembly.options.ready();
  if (place === null) return null;
  const object = { Bucket: target.bucket, Key: target.key, ExpectedBucketOwner: owner };
  try {
    await client.send(new PutObjectCommand({ ...object, ...body, ...onlyIf(place.expected) }), endedBy(signal));
  } catch (error) {
    if (isConflict(error)) return null;
    throw error;
  }
  return { bytesSent: assembly.plan.size };
}

/**
 * Stores an image archive as a multipart upload, which it begins and passes to `send`. The callback `send` sends the
 * parts, or lets S3 copy them from the upload that is converted. It returns the number of bytes sent, or `not-copied`;
 * in the latter case this function returns `not-copied`, too. A multipart upload that is not completed is aborted.
 */
async function inParts<No extends NotCopied>(
  access: S3Access,
  target: Target,
  assembly: Assembly,
  send: (upload: MultipartUpload) => Promise<number | No>,
): Promise<Stored | No> {
  await abortAbandoned(access, target);
  const multipart = await MultipartUpload.create(access, target, description(assembly));
  let outcome: Stored | No = null;
  try {
    const sent = await send(multipart);
    outcome = typeof sent === 'number' ? await completed(multipart, sent, assembly) : sent;
    if (outcome !== null && outcome !== 'not-copied') return outcome;
  } catch (error) {
    await multipart.abort();
    throw error;
  }
  await multipart.abort();
  return outcome;
}

async function completed(multipart: MultipartUpload, bytesSent: number, assembly: Assembly): Promise<Stored> {
  await assertUnchanged(assembly);
  const place = await assembly.options.ready();
  const written = place === null ? null : await multipart.complete(assembly.plan, onlyIf(place.expected));
  return written === null ? null : { bytesSent };
}

function description({ options }: Assembly): Description {
  return { ContentType: 'application/x-tar', Metadata: originMetadata(options.origin) };
}

/**
 * The offsets in an upload at which its S3 objects begin. For an upload of one object, this is only the offset 0. For
 * an archive that was split into several objects, there is one offset for each object.
 */
function bordersOf(upload: UploadIdentity): number[] {
  let before = 0;
  return objectsOf(upload).map(({ size }) => (before += size) - size);
}

async function splice(multipart: MultipartUpload, parts: S3Part[], assembly: Assembly): Promise<number | NotCopied> {
  const [objects, borders] = [objectsOf(assembly.upload), bordersOf(assembly.upload)];
  let [begun, bytesSent, copies] = [0, 0, true];
  const inMemory = atMost(SENDS_IN_FLIGHT);
  await inParallel(parts.entries(), COPIES_IN_FLIGHT, async ([index, part]) => {
    if (!copies) return;
    begun += s3PartSize(part);
    assembly.options.onProgress?.(begun, bytesSent);
    if (part.kind === 'copy') {
      const at = borders.findLastIndex((border) => border <= part.start);
      const [object = assembly.upload, border = 0] = [objects[at], borders[at]];
      copies = (await multipart.copy(index + 1, object, part.start - border, part.end - border)) && copies;
      return;
    }
    await inMemory(async () => await multipart.send(index + 1, await read(planOf(part.slices), assembly)));
    bytesSent += s3PartSize(part);
  });
  return copies && multipart.agreesWith(assembly.plan.crc32) ? bytesSent : 'not-copied';
}

/**
 * Stores an image archive by sending all of its bytes in parts. This is needed when the store cannot copy parts, or
 * when bytes of the upload must be expanded or compressed.
 */
async function streamed(access: S3Access, target: Target, assembly: Assembly): Promise<Stored> {
  const partSize = streamPartSize(assembly.plan.size, S3_RULES);
  return await inParts<never>(access, target, assembly, (upload) => sendAll(upload, partSize, assembly));
}

async function sendAll(multipart: MultipartUpload, partSize: number, assembly: Assembly): Promise<number> {
  const bytes = stream(assembly.plan, assembly.uploads.source(assembly.upload), assembly.tools);
  let [begun, bytesSent] = [0, 0];
  await inParallel(pieces(bytes, partSize), SENDS_IN_FLIGHT, async ({ number, piece }) => {
    begun += piece.length;
    assembly.options.onProgress?.(begun, bytesSent);
    await multipart.send(number, piece);
    bytesSent += piece.length;
  });
  return bytesSent;
}

/**
 * Makes the bytes that a plan (a list of parts of an archive) describes, in memory: a small image archive, or one part
 * of the multipart upload of a large one.
 */
async function read(plan: Plan, { uploads, upload, tools }: Assembly): Promise<Buffer> {
  const all = Buffer.allocUnsafeSlow(plan.size);
  let filled = 0;
  for await (const chunk of stream(plan, uploads.source(upload), tools)) {
    all.set(chunk, filled);
    filled += chunk.length;
  }
  return all;
}

/**
 * Throws `source-changed` if the upload was replaced while its image archive was being stored. Called just before the
 * image archive is completed, because some S3-compatible stores do not check the ETag in copy requests.
 */
async function assertUnchanged({ upload, uploads }: Assembly): Promise<void> {
  await inParallel(objectsOf(upload), COPIES_IN_FLIGHT, async (object) => {
    if ((await uploads.find(object)) === null) throw sourceChanged(object.key);
  });
}

function failure(error: unknown, { signal }: S3Access, { key }: Target, { upload }: Assembly): unknown {
  if (error instanceof LadingError) return error;
  if (isChanged(error)) return sourceChanged(upload.key, error);
  if (error instanceof S3ServiceException && error.name === 'InvalidObjectState') return refusedForGood(error);
  const reason = orDeadline(error, key, signal);
  if (reason instanceof LadingError) return reason;
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new LadingError('output-failed', `Cannot store ${key}: ${said}`, { cause: error });
}
