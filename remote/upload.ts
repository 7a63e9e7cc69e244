import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { LIMITS } from '../core/limits.ts';
import { LadingError } from '../core/model/errors.ts';
import type { RawOptions } from '../core/options/table.ts';
import { sidecarKey } from '../core/service/keys.ts';
import { endedBy, isMissing, type S3Access } from '../s3/client.ts';
import type { Target } from '../s3/multipart.ts';
import { isForbidden } from './failures.ts';
import { asMetadata, asSidecar } from './options.ts';
import { put } from './put.ts';
import { sendFile } from './send-file.ts';
import { sendPipe } from './send-pipe.ts';
import type { Sending, Uploaded } from './sending.ts';

/**
 * Uploads an archive and its options to the service, and returns what S3 stored. An interrupted upload of a file
 * continues where it stopped. A pipe cannot be read again, so its interrupted upload is aborted.
 */
export async function upload(
  options: RawOptions,
  { access, target, archive, onProgress }: Omit<Sending, 'description'>,
): Promise<Uploaded> {
  const metadata = asMetadata(options);
  await putSidecar(access, target, { bytes: asSidecar(options), needed: metadata === null });
  const description = { ContentType: 'application/x-tar', Metadata: metadata ?? {} };
  const sending = { access, target, description, archive, onProgress };
  return archive.size === null ? await sendPipe(sending) : await sendFile(sending, archive.size);
}

/**
 * Stores the options of an archive as a sidecar, a JSON object beside the archive in S3. `bytes` is the JSON. `needed`
 * is true when the options cannot be stored in the S3 metadata of the archive. When `needed` is false, the sidecar is
 * written only if an earlier upload to the same key may have left one, because the service would use that old sidecar
 * instead of the metadata. Throws `too-large` when `needed` is true, and the options are too large or the key of the
 * sidecar would be too long.
 */
export async function putSidecar(
  access: S3Access,
  { bucket, key }: Target,
  { bytes, needed }: { bytes: Uint8Array; needed: boolean },
): Promise<void> {
  const sidecar = sidecarKey(key);
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
    // The right to read can be missing while the right to write is there. So a 403 counts as "may exist".
    if (isMissing(error) || isForbidden(error)) return !isMissing(error);
    throw error;
  }
}
