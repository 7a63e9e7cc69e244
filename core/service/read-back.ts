import { asList, asObject, asText, type Json } from '../model/json.ts';
import type { UploadStamp } from './order.ts';

// Results are documents in a bucket: somebody may have changed one by hand, or written another one to its key. What is read of them
// again is looked at before it is used; a document that lacks it counts as one of nobody.

/** The JSON object in the bytes of a result, or null. */
export function objectIn(bytes: Uint8Array): Json | null {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

/** The marks of the upload that a result was made of; null where there are none. */
export function stampIn(value: unknown): UploadStamp | null {
  const marks = asObject(value);
  const etag = asText(marks?.['etag']);
  if (marks === null || etag === null) return null;
  return { versionId: asText(marks['versionId']), etag, sequencer: asText(marks['sequencer']) };
}

/** True for a hand-off that names its upload and says what was found in it, and what for. */
export function isJob(json: Json): boolean {
  const identity = asObject(json['identity']);
  return (
    json['jobVersion'] === 3 &&
    asText(json['id']) !== null &&
    ['bucket', 'key', 'etag'].every((field) => asText(identity?.[field]) !== null) &&
    ['versionId', 'sequencer'].every((field) => identity?.[field] === null || asText(identity?.[field]) !== null) &&
    ['request', 'inspection', 'cost'].every((field) => asObject(json[field]) !== null)
  );
}

/** True for an archive manifest that has what a completion (completion.ts) and the client read of it. */
export function isManifest(json: Json): boolean {
  const result = json['result'];
  return (
    json['manifestVersion'] === 1 &&
    ['source', 'archive', 'cost', 'converter'].every((field) => asObject(json[field]) !== null) &&
    asText(asObject(json['source'])?.['key']) !== null &&
    asText(json['outcome']) !== null &&
    Array.isArray(json['findings']) &&
    json['findings'].every((each) => asObject(each) !== null) &&
    (result === null || asList(asObject(result)?.['images']).every((each) => hasPlatform(each)))
  );
}

function hasPlatform(image: unknown): boolean {
  return asText(asObject(asObject(image)?.['platform'])?.['os']) !== null;
}
