import { LadingError } from '../model/errors.ts';
import { asObject, asText } from '../model/json.ts';
import { resultKeys, uploadKeyOf } from './keys.ts';
import { objectIn, stampIn } from './read-back.ts';
import type { HandBack, UploadNotice } from './stores.ts';

/**
 * Finds the upload to which a hand-off (`inspection.json`) belongs. The hand-off tells it, even one of another version
 * of Lading. Otherwise the key of the hand-off tells the upload's key, but not its version. Null when neither does.
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
 * Has the inspect function inspect an upload again, because its hand-off (`inspection.json`) is missing or unusable. If
 * the service has no way to do that, returns `gone` for a missing hand-off, and throws `bad-event` for an unusable one.
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
