import { LadingError } from '../model/errors.ts';
import { asObject, asText } from '../model/json.ts';
import { resultKeys, uploadKeyOf } from './keys.ts';
import { objectIn, stampIn } from './read-back.ts';
import type { HandBack, UploadNotice } from './stores.ts';

/**
 * Finds out to which upload an `inspection.json` belongs, the document that the inspect function writes for the
 * convert function. `bytes` is its content; null when it is missing. The document states its upload, even if another
 * version of Lading wrote it. If it is missing or unusable, the key of the upload is derived from `inspectionKey`, the
 * key of the document; the version of the upload is then unknown. Returns null when the upload cannot be found out in
 * either way.
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
 * Calls `handBack` to make the inspect function inspect an upload again, and returns the outcome `handed-back`. This
 * is done when `inspection.json`, the document that the inspect function writes for the convert function, is missing
 * (`bytes` is null) or unusable. `handBack` is not called if it is absent, or if it is unknown to which upload the
 * document belongs. A missing document then gives the outcome `gone`, and an unusable one throws the error
 * `bad-event`.
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
