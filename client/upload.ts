import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { LadingError } from '../lambda/core/errors.ts';
import type { RawOptions } from '../lambda/core/request/options.ts';
import { sidecarKey } from '../lambda/core/service/keys.ts';
import { LIMITS } from '../lambda/core/limits.ts';
import type { Bytes, Source } from '../lambda/core/ports.ts';
import { endedBy, isMissing } from '../lambda/shell/s3-client.ts';
import type { S3Access } from '../lambda/shell/s3-client.ts';
import type { Description, Target, Written } from '../lambda/shell/s3-multipart.ts';
import { isForbidden } from './failures.ts';
import { asMetadata, asSidecar } from './options.ts';
import { put } from './put.ts';
import { sendFile } from './send-file.ts';
import { sendPipe } from './send-pipe.ts';

/** What is uploaded: a file, or a pipe whose size nobody knows. */
export interface Archive {
  size: number | null;
  read(): Bytes;
  /** Any range of a file, also several at a time. */
  again: Source;
  /** Throws `source-changed` when the file is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
}

/** An archive on its way to a key. */
export interface Sending {
  access: S3Access;
  target: Target;
  description: Description;
  archive: Archive;
  /** Told how many bytes S3 has. */
  onProgress: (bytes: number) => void;
}

/** What an upload came to. */
export interface Uploaded extends Written {
  size: number;
  /** How many parts it has, and how many of them an earlier try had sent. */
  parts: number;
  kept: number;
}

/**
 * Puts an archive under a key, its options before it. A file goes on where an earlier try broke off; of a pipe that breaks
 * off nothing is left.
 */
export async function upload(
  options: RawOptions,
  { access, target, archive, onProgress }: Omit<Sending, 'description'>,
): Promise<Uploaded> {
  const metadata = asMetadata(options);
  await putSidecar(access, target, { options, needed: metadata === null });
  const description = { ContentType: 'application/x-tar', Metadata: metadata ?? {} };
  const sending = { access, target, description, archive, onProgress };
  return archive.size === null ? await sendPipe(sending) : await sendFile(sending, archive.size);
}

/** A sidecar wins over metadata: one that was left by an earlier upload is replaced in any case. */
async function putSidecar(
  access: S3Access,
  { bucket, key }: Target,
  { options, needed }: { options: RawOptions; needed: boolean },
): Promise<void> {
  const sidecar = sidecarKey(key);
  const bytes = asSidecar(options);
  if (needed && (sidecar === null || bytes.length > LIMITS.sidecarBytes)) throw tooMuch(key);
  if (sidecar === null || (!needed && !(await mayExist(access, { bucket, key: sidecar })))) return;
  await put(access, { bucket, key: sidecar }, bytes, { ContentType: 'application/json', Metadata: {} });
}

function tooMuch(key: string): LadingError {
  return new LadingError('too-large', `Cannot send the options for ${key}: they are too large, or their key would be.`);
}

async function mayExist({ client, signal }: S3Access, { bucket, key }: Target): Promise<boolean> {
  try {
    await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }), endedBy(signal));
    return true;
  } catch (error) {
    // Who may not look may still write.
    if (isMissing(error) || isForbidden(error)) return !isMissing(error);
    throw error;
  }
}
