import { Duration } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { UploadKeys } from '../upload-keys.ts';
import type { Path } from './alarms.ts';
import { ArchiveFunction, type FunctionSettings, type ObjectAction } from './archive-function.ts';
import { MAX_RECEIVES, ObjectCreatedQueue } from './object-created-queue.ts';

/**
 * What all Lambda functions of one `ArchiveConverter` share: buckets, conditions on the keys of objects, event bus, KMS
 * key, and other settings.
 */
export interface SharedSettings {
  uploads: IBucket;
  results: IBucket;
  keys: UploadKeys;
  bus: IEventBus;
  /**
   * True when the functions write a report, an HTML page, about each upload. Otherwise they may only read and delete
   * reports of earlier deployments.
   */
  reports: boolean;
  encryptionKey?: IKey | undefined;
  settings: FunctionSettings;
}

/** The source and the detail type of the EventBridge events that say that the service has finished with an upload. */
export const COMPLETED = { source: 'lading', detailType: 'Archive Completed' } as const;

/**
 * The timeout of the inspect and convert functions, the longest that Lambda allows. It limits how large an archive may
 * be: one that cannot be read in this time is refused.
 */
const TIMEOUT = Duration.minutes(15);

/**
 * The timeout of the fail function, which records that an upload has failed. It is enough for the dozen small requests
 * that the function makes, even when S3 is slow.
 */
const FAILURE_TIMEOUT = Duration.minutes(2);

/**
 * The most invocations of the fail function at the same time, for each of the two queues of events that other
 * functions have given up. It is the smallest number that Lambda allows for a queue.
 */
const FAILURES_AT_ONCE = 2;

/**
 * Adds the inspect function, its queues and its EventBridge rule, and returns them. The function reads an upload and
 * determines what it is. `memorySize` is in MB.
 */
export function addInspect(scope: Construct, memorySize: number, place: SharedSettings): Path {
  const { uploads, results, keys, bus } = place;
  const events = eventsOf(scope, 'InspectEvents', { ...place, bucket: uploads, matchers: keys.uploads });
  const worker = new ArchiveFunction(scope, 'Inspect', {
    ...ofPath(events, place),
    entryPoint: 'inspect',
    description: 'Reads an upload once and says what it is.',
    memorySize, // hashing and inflating keep a whole CPU busy
  });
  worker.allow(uploads, keys.pattern(), 's3:GetObject', 's3:GetObjectVersion');
  worker.allow(results, keys.pattern('/inspection.json'), 's3:GetObject', 's3:PutObject');
  allowFinalWord(worker, place, 's3:GetObject', 's3:DeleteObject');
  worker.allowAnnouncing(bus, COMPLETED);
  worker.allowSending(events.givenUp);
  return { worker, events };
}

/** The endings of the keys of the image archives and root file systems that the convert function writes. */
const MADE = ['/image.tar', '/rootfs.tar'];

/**
 * Adds the convert function, its queues and its EventBridge rule, and returns them. The function makes the image
 * archive of an inspected upload. `inspection` is the inspect function: the convert function may send an event back to
 * the queue of that function. `memorySize` is in MB.
 */
export function addConvert(scope: Construct, memorySize: number, inspection: Path, place: SharedSettings): Path {
  const { uploads, results, keys, bus } = place;
  const events = eventsOf(scope, 'ConvertEvents', { ...place, bucket: results, matchers: keys.inspections });
  const { queue: back } = inspection.events;
  const worker = new ArchiveFunction(scope, 'Convert', {
    ...ofPath(events, place, { HAND_BACK_URL: back.queueUrl }),
    entryPoint: 'convert',
    description: 'Builds the image archive of an inspected upload, mostly from parts that S3 copies itself.',
    memorySize, // it mostly waits for S3
  });
  worker.allow(uploads, keys.pattern(), 's3:GetObject', 's3:GetObjectVersion');
  worker.allow(results, keys.pattern('/inspection.json'), 's3:GetObject');
  allowFinalWord(worker, place, 's3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject');
  worker.allowFindingMultipartUploads(results);
  worker.allowAnnouncing(bus, COMPLETED);
  worker.allowSending(events.givenUp);
  worker.allowSending(back);
  return { worker, events };
}

/**
 * Adds the fail function, which records that an upload has failed, and returns it. It gets the events for which all
 * tries of the inspect and convert functions (`paths`) have failed.
 */
export function addFail(scope: Construct, paths: Path[], place: SharedSettings) {
  const { uploads, results, keys, bus, settings } = place;
  const passages = paths.map(({ events }) => `${events.givenUp.queueUrl} ${events.deadLetters.queueUrl}`);
  const { reservedConcurrency: _, environment, ...shared } = settings;
  const worker = new ArchiveFunction(scope, 'Fail', {
    ...shared,
    environment: { ...environment, PASSAGES: passages.join(',') },
    maxConcurrency: FAILURES_AT_ONCE,
    entryPoint: 'fail',
    description: 'Writes down that an upload has failed, after the last try of the other functions.',
    memorySize: 512,
    timeout: FAILURE_TIMEOUT,
    queues: paths.map(({ events }) => events.givenUp),
  });
  worker.allow(uploads, keys.pattern(), 's3:GetObject', 's3:GetObjectVersion');
  worker.allow(results, keys.pattern('/inspection.json'), 's3:GetObject');
  allowFinalWord(worker, place, 's3:GetObject', 's3:DeleteObject');
  worker.allowAnnouncing(bus, COMPLETED);
  for (const { events } of paths) worker.allowSending(events.deadLetters);
  return worker;
}

/**
 * Allows a function to write the archive manifest, the JSON that says what became of an upload, and the report, an HTML
 * page about it. When no reports are wanted, the function may still read and delete an old report, but not write one.
 * `image` lists the actions on image archives and root file systems that the function is allowed.
 */
function allowFinalWord(
  worker: ArchiveFunction,
  { results, keys, reports }: SharedSettings,
  ...image: ObjectAction[]
): void {
  for (const made of MADE) worker.allow(results, keys.pattern(made), ...image);
  const final = ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'] as const;
  const onReport = final.filter((action) => reports || action !== 's3:PutObject');
  worker.allow(results, keys.pattern('/report.html'), ...onReport);
  worker.allow(results, keys.pattern('/manifest.json'), ...final);
}

function eventsOf(
  scope: Construct,
  id: string,
  { bucket, matchers, encryptionKey }: SharedSettings & { bucket: IBucket; matchers: UploadKeys['uploads'] },
): ObjectCreatedQueue {
  const timeouts = { timeout: TIMEOUT, failureTimeout: FAILURE_TIMEOUT };
  return new ObjectCreatedQueue(scope, id, { bucket, keys: matchers, ...timeouts, encryptionKey });
}

function ofPath(
  { queue, givenUp, timeout }: ObjectCreatedQueue,
  { settings }: SharedSettings,
  more: Record<string, string> = {},
) {
  const environment = {
    ...settings.environment,
    QUEUE_URL: queue.queueUrl,
    GIVEN_UP_URL: givenUp.queueUrl,
    MAX_RECEIVES: String(MAX_RECEIVES),
    ...more,
  };
  return { ...settings, environment, timeout, queues: [queue] };
}
