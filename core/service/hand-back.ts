import { LadingError } from '../model/errors.ts';
import { asObject, asText } from '../model/json.ts';
import { resultKeys, uploadKeyOf } from './keys.ts';
import { objectIn, stampIn } from './read-back.ts';
import type { HandBack, UploadNotice } from './stores.ts';

/**
 * The upload that a hand-off belongs to, as far as its bytes say, which another version of Lading may have written. From
 * the key alone (`bytes` null: the hand-off is gone) it is the upload that the key has now. Null when neither tells.
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
 * Gives the upload of an unusable hand-off back to the inspect function, which makes a new one. Where there is no way
 * back, a missing hand-off is the outcome `gone`. Throws `bad-event` when the upload cannot be told.
 */
export async function backToInspect(
  inspectionKey: string,
  bytes: Uint8Array | null,
  { handBack }: { handBack?: HandBack },
): Promise<{ kind: 'gone' | 'handed-back'; key: string }> {
  if (bytes === null && handBack === undefined) return { kind: 'gone', key: inspectionKey };
  const upload = uploadOf(inspectionKey, bytes);
  if (upload === null || handBack === undefined)
    throw new LadingError(
      'bad-event',
      `Cannot convert ${inspectionKey}: it was not written by this version of the inspect function`,
    );
  await handBack(upload);
  return { kind: 'handed-back', key: upload.key };
}
