import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Part } from '@aws-sdk/client-s3';
import { combineCrc32 } from '../core/model/crc32.ts';
import { LadingError } from '../core/model/errors.ts';
import { bareEtag, sendsChecksums } from '../s3/client.ts';
import { crc32Base64, MultipartUpload } from '../s3/multipart.ts';
import { inParallel } from '../s3/parallel.ts';
import { S3_RULES, streamPartSize } from '../s3/parts.ts';
import { finish, sendWhole } from './put.ts';
import type { Archive, Sending, Uploaded } from './sending.ts';
import { findUnfinished } from './unfinished.ts';

/** The number of parts of a file that are sent to S3 at the same time. Each is held in memory. */
const PARTS_IN_FLIGHT = 4;

/** One part of a file's multipart upload: its number from 1, and its bytes `[start, end)`. */
interface Place {
  number: number;
  start: number;
  end: number;
}

/**
 * Sends a file of `size` bytes to S3 as a multipart upload, or in a single request if the file has only one part. Skips
 * the parts that S3 already has from an interrupted upload. After a failure, the parts stay in S3, so that the next
 * call can skip them. Throws `source-changed` when the file was changed meanwhile.
 */
export async function sendFile(sending: Sending, size: number): Promise<Uploaded> {
  const { access, target, description, archive, onProgress } = sending;
  const places = divided(size, await partSizeFor(sending, size));
  if (places.length <= 1) return await sendWhole(sending, await bytesAt({ start: 0, end: size }, archive));
  const unfinished = await findUnfinished(access, target, (part) => fits(part, places));
  const multipart =
    unfinished === null
      ? await MultipartUpload.create(access, target, description)
      : new MultipartUpload(access, target, unfinished.id);
  const sums: number[] = [];
  let [kept, done] = [0, 0];
  await inParallel(places, PARTS_IN_FLIGHT, async (place) => {
    const bytes = await bytesAt(place, archive);
    const sum = (sums[place.number - 1] = crc32(bytes));
    const there = unfinished?.parts.get(place.number);
    if (there !== undefined && isSame(there, bytes, sum)) {
      multipart.keep(there);
      kept += 1;
    } else await multipart.send(place.number, bytes);
    onProgress((done += bytes.length));
  });
  await archive.assertUnchanged();
  const whole = places.reduce(
    (all, { number, start, end }) => combineCrc32(all, sums[number - 1] ?? 0, end - start),
    0,
  );
  const written = await finish(sending, multipart, { size, crc32: whole });
  return { ...written, size, parts: places.length, kept };
}

/**
 * The part size in bytes for a file's multipart upload: the usual size, plus less than 1 MiB. The added number of bytes
 * is a hash of the file's size, its metadata and the kind of checksums. S3 reports the part sizes of an interrupted
 * upload. They show whether it was an upload of the same file (docs/decisions/0036-resuming.md).
 */
async function partSizeFor({ access, description }: Sending, size: number): Promise<number> {
  const marks = JSON.stringify([size, description, await sendsChecksums(access)]);
  const drawn = createHash('sha256').update(marks).digest().readUInt32BE() % 2 ** 20;
  return streamPartSize(size, S3_RULES) + drawn;
}

function divided(size: number, partSize: number): Place[] {
  return Array.from({ length: Math.ceil(size / partSize) }, (_, index) => ({
    number: index + 1,
    start: index * partSize,
    end: Math.min(size, (index + 1) * partSize),
  }));
}

function fits({ PartNumber: number = 0, Size: size }: Part, places: Place[]): boolean {
  const place = places[number - 1];
  return place !== undefined && size === place.end - place.start;
}

/**
 * True when a part that S3 already has contains `bytes`, whose CRC-32 is `sum`. Compares this CRC-32 with the one that
 * S3 stores for the part. If S3 stores none, compares the part's ETag with the MD5 of the bytes. With KMS, the ETag is
 * not an MD5: the part then counts as different and is sent again.
 */
function isSame({ ETag: etag, ChecksumCRC32: stored }: Part, bytes: Uint8Array, sum: number): boolean {
  if (stored !== undefined) return stored === crc32Base64(sum);
  return bareEtag(etag) === createHash('md5').update(bytes).digest('hex');
}

async function bytesAt({ start, end }: Pick<Place, 'start' | 'end'>, { again }: Archive): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(end - start);
  let filled = 0;
  for await (const chunk of again.open(start, end)) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled === bytes.length) return bytes;
  throw new LadingError('source-changed', 'Cannot upload the file: it became shorter while it was read.');
}
