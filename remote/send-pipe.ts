import { crc32 } from 'node:zlib';
import { LadingError } from '../core/model/errors.ts';
import { pieces } from '../core/model/pieces.ts';
import { MultipartUpload } from '../s3/multipart.ts';
import { inParallel } from '../s3/parallel.ts';
import { S3_RULES } from '../s3/parts.ts';
import { finish, sendWhole } from './put.ts';
import type { Sending, Uploaded } from './sending.ts';

/**
 * The size in bytes of each part of a pipe's multipart upload. The size of a pipe is not known before its end, and S3
 * takes 10,000 parts, so this limits a pipe to 156 GiB.
 */
const PART = 16 * 2 ** 20;

/**
 * The number of parts of a pipe that are sent to S3 at the same time. Each of them is held in memory, and so is the
 * next part while its bytes are read from the pipe.
 */
const SENDS_IN_FLIGHT = 4;

/**
 * Sends the bytes of a pipe to S3 as a multipart upload, and aborts the upload after a failure. If the pipe has fewer
 * bytes than one part, sends them in a single request instead. Throws `too-large` when the pipe has more than 10,000
 * parts, the most that S3 accepts: these are 156 GiB.
 */
export async function sendPipe(sending: Sending): Promise<Uploaded> {
  const { access, target, description, archive, onProgress } = sending;
  const parts = pieces(archive.read(), PART);
  const first = await parts.next();
  if (first.done === true || first.value.piece.length < PART)
    return await sendWhole(sending, first.done === true ? new Uint8Array() : first.value.piece);
  const multipart = await MultipartUpload.create(access, target, description);
  const whole = { parts: 0, size: 0, crc32: 0 };
  let sent = 0;
  try {
    await inParallel(summed(first.value, parts, whole), SENDS_IN_FLIGHT, async ({ number, piece }) => {
      await multipart.send(number, piece);
      onProgress((sent += piece.length));
    });
    return { ...(await finish(sending, multipart, whole)), size: whole.size, parts: whole.parts, kept: 0 };
  } catch (error) {
    await multipart.abort();
    throw error;
  }
}

interface NumberedPart {
  number: number;
  piece: Uint8Array;
}

/**
 * Yields the parts of a pipe unchanged: `first`, then `others`. Keeps their number, size in bytes and CRC-32 in
 * `whole`. Throws `too-large` beyond 10,000 parts, the most that S3 accepts.
 */
async function* summed(
  first: NumberedPart,
  others: AsyncIterable<NumberedPart>,
  whole: { parts: number; size: number; crc32: number },
): AsyncGenerator<NumberedPart> {
  const add = ({ number, piece }: NumberedPart): void => {
    if (number > S3_RULES.maxParts) throw tooLong();
    whole.parts = number;
    whole.size += piece.length;
    whole.crc32 = crc32(piece, whole.crc32);
  };
  add(first);
  yield first;
  for await (const part of others) {
    add(part);
    yield part;
  }
}

function tooLong(): LadingError {
  const most = (PART * S3_RULES.maxParts) / 2 ** 30;
  return new LadingError('too-large', `Cannot upload more than ${most} GiB from a pipe. Upload a file instead.`);
}
