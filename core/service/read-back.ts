import { asList, asObject, asText, type Json } from '../model/json.ts';
import type { UploadStamp } from './event-order.ts';

// Results are documents in a bucket. Somebody may have edited one, or stored another document under its key. So each
// field that is read is checked first. A document without such a field counts as one that Lading did not write.

/** Parses the bytes of a stored result as a JSON object; null when they are no JSON object. */
export function objectIn(bytes: Uint8Array): Json | null {
  try {
    return asObject(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

/**
 * Reads the version id, ETag and sequencer of an upload from a JSON object in a stored result. Null when `value` is no
 * object or has no ETag.
 */
export function stampIn(value: unknown): UploadStamp | null {
  const marks = asObject(value);
  const etag = asText(marks?.['etag']);
  if (marks === null || etag === null) return null;
  return { versionId: asText(marks['versionId']), etag, sequencer: asText(marks['sequencer']) };
}

/**
 * True for a JSON object with all fields that the convert function needs in `inspection.json`, the document that the
 * inspect function writes for it.
 */
export function isHandOff(json: Json): boolean {
  const identity = asObject(json['identity']);
  return (
    json['jobVersion'] === 6 &&
    asText(json['id']) !== null &&
    ['bucket', 'key', 'etag'].every((field) => asText(identity?.[field]) !== null) &&
    ['versionId', 'sequencer'].every((field) => identity?.[field] === null || asText(identity?.[field]) !== null) &&
    ['request', 'inspection', 'cost'].every((field) => asObject(json[field]) !== null)
  );
}

/**
 * True for an archive manifest, the JSON document about an upload, with all fields that the command line and the event
 * about a finished upload need.
 */
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
