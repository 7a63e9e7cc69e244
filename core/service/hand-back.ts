import { LadingError } from '../model/errors.ts';
import { asObject, asText } from '../model/json.ts';
import { resultKeys, uploadKeyOf } from './keys.ts';
import { objectIn, stampIn } from './read-back.ts';
import type { HandBack, UploadNotice } from './stores.ts';

/**
 * Finds out to which upload an `inspection.json` belongs, the document of the inspect function for the convert
 * function. The document names its upload, even if another version of Lading wrote it. If it is missing or unusable,
 * its own key `inspectionKey` tells the key of the upload, but not the version. Null when neither tells the upload.
 */
export function uploadOf(inspectionKey: string, bytes: Uint8Array | null): Omit<UploadNotice, 'bucket'> | null {
  const identity = bytes === null ? null : asObject(objectIn(bytes)?.['identity']);
  const key = asText(identity?.['key']) ?? '';
  const stamp = resultKeys(key).inspection === inspectionKey ? stampIn(identity) : null;
  if (stamp !== null) return { key, ...stamp };
  const named = uploadKeyOf(inspectionKey);
  return named === null ? null : { key: named, versionId: null, etag: null, sequencer: null };
}

/**
 * Has the inspect function inspect an upload again, because `inspection.json`, its document for the convert function,
 * is missing (`bytes` is null) or unusable. Without the callback `handBack`, or when nothing tells which upload it is,
 * this is not possible: a missing document gives the outcome `gone`, an unusable one the error `bad-event`.
 */
export async function backToInspect(
  inspectionKey: string,
  bytes: Uint8Array | null,
  { handBack }: { handBack?: HandBack },
): Promise<{ kind: 'gone' | 'handed-back'; key: string }> {
  const upload = uploadOf(inspectionKey, bytes);
  if (upload === null || handBack === undefined) {
    if (bytes === null) return { kind: 'gone', key: inspectionKey };
    throw new LadingError(
      'bad-event',
      `Cannot convert ${inspectionKey}: it was not written by this version of the inspect function`,
    );
  }
  await handBack(upload);
  return { kind: 'handed-back', key: upload.key };
}
