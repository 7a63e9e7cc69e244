import { LadingError } from '../core/model/errors.ts';
import { excerpt } from '../core/catalogue/brief.ts';
import type { UploadNotice } from '../core/service/stores.ts';

type Json = Record<string, unknown>;

/**
 * The new objects that a Lambda event reports. The event is an S3 notification or an EventBridge event, alone or in SQS
 * messages. Empty for other events of S3. Throws `bad-event` for anything else.
 */
export function noticesIn(event: unknown): UploadNotice[] {
  const { Records: records } = asObject(event, 'event');
  if (Array.isArray(records)) return records.flatMap((record: unknown) => noticesInRecord(asObject(record, 'record')));
  return noticesOutside(asObject(event, 'event'));
}

function noticesInRecord(record: Json): UploadNotice[] {
  if (typeof record['body'] === 'string') return noticesIn(parse(record['body']));
  if ('s3' in record) return fromNotification(record);
  throw badEvent('a record is neither an SQS message nor an S3 notification');
}

function noticesOutside(event: Json): UploadNotice[] {
  // S3 sends a test event once, when notifications are set up.
  if (event['Event'] === 's3:TestEvent') return [];
  if (event['source'] === 'aws.s3') return fromEventBridge(event);
  throw badEvent('it is neither an S3 notification nor an EventBridge event of S3');
}

/**
 * The new object that a record of an S3 notification reports; empty for other S3 events. The key in a notification is
 * percent-encoded, with `+` for a space, so it is decoded (S3 User Guide, "Event message structure"). Only Ceph does
 * not encode the key.
 */
function fromNotification(record: Json): UploadNotice[] {
  if (!String(record['eventName']).replace(/^s3:/u, '').startsWith('ObjectCreated:')) return [];
  const { bucket, object } = asObject(record['s3'], 's3');
  const { key, eTag, versionId, sequencer } = asObject(object, 'object');
  const encoded = asText(key, 'key');
  return [
    {
      bucket: asText(asObject(bucket, 'bucket')['name'], 'bucket name'),
      // Ceph does not encode keys.
      key: record['eventSource'] === 'ceph:s3' ? encoded : decodeForm(encoded),
      versionId: orNull(versionId),
      etag: orNull(eTag),
      sequencer: orNull(sequencer),
    },
  ];
}

/**
 * The new object that an EventBridge event reports; empty for other S3 events. Its key is not encoded (S3 User Guide,
 * "EventBridge event message structure").
 */
function fromEventBridge(event: Json): UploadNotice[] {
  if (event['detail-type'] !== 'Object Created') return [];
  const { bucket, object } = asObject(event['detail'], 'detail');
  const { key, etag, 'version-id': versionId, sequencer } = asObject(object, 'object');
  return [
    {
      bucket: asText(asObject(bucket, 'bucket')['name'], 'bucket name'),
      key: asText(key, 'key'),
      versionId: orNull(versionId),
      etag: orNull(etag),
      sequencer: orNull(sequencer),
    },
  ];
}

function decodeForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw badEvent(`its key ${JSON.stringify(excerpt(text))} is not form-encoded`, cause);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badEvent('the body of a message is not JSON', cause);
  }
}

function asObject(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null) return value as Json;
  throw badEvent(`its ${what} is not an object`);
}

function asText(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw badEvent(`it has no ${what}`);
}

function orNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function badEvent(reason: string, cause?: unknown): LadingError {
  return new LadingError('bad-event', `Cannot read the event: ${reason}`, { cause });
}
