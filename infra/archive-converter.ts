import { Aws, Duration, type Size } from 'aws-cdk-lib';
import { EventBus, type IEventBus, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { BadSetting } from './bad-setting.ts';
import { Alarms } from './constructs/alarms.ts';
import { ArchiveBucket } from './constructs/archive-bucket.ts';
import { ArchiveFunction, type FunctionSettings } from './constructs/archive-function.ts';
import { ConverterDashboard } from './constructs/dashboard.ts';
import { ObjectCreatedQueue } from './constructs/object-created-queue.ts';
import { acknowledge } from './nag.ts';
import { type UploadFilter, UploadKeys } from './upload-keys.ts';

/** Everything is optional: without any of it there is a whole service. */
export interface ArchiveConverterProps extends UploadFilter {
  /** Where archives are put: a bucket of this account and region that tells EventBridge about its objects. Default: one is made, versioned. */
  uploads?: IBucket | undefined;
  /** Where manifests and images appear: such a bucket too, never that of the uploads. Default: one is made. */
  results?: IBucket | undefined;
  /** The name of an image that nobody named, made of what its key gives: `ghcr.io/team/{name}:{tag}`. Default: that alone. */
  nameTemplate?: string | undefined;
  /** Larger uploads are refused without being read; their manifest says so. Default: what can be read in 15 minutes. */
  maxUploadSize?: Size | undefined;
  /** How long results are kept in a bucket that is made here. Default: 90 days. */
  resultsRetention?: Duration | undefined;
  /** How long the functions' logs are kept. Default: three months. */
  logRetention?: RetentionDays | undefined;
  /** Memory of the function that reads uploads, in MB: it buys speed, one whole CPU at 1,769. Default: 1,769. */
  inspectMemory?: number | undefined;
  /** Memory of the function that makes images, in MB; it mostly waits for S3. Default: 512. */
  convertMemory?: number | undefined;
  /** How many of each function run at once at most, 2 to 1,000. Default: 4, so that an account with the smallest quota has some left. */
  maxConcurrency?: number | undefined;
  /** How many executions of the account are set aside for each function; at least `maxConcurrency`. Default: none. */
  reservedConcurrency?: number | undefined;
  /** Encrypts the queues and the buckets that are made here. A key from elsewhere needs the policy in docs/security.md. Default: keys of S3 and SQS. */
  encryptionKey?: IKey | undefined;
  /** Where completions are announced, a bus of this account and region. Default: the account's default bus. */
  eventBus?: IEventBus | undefined;
  /** Is told when an alarm begins and when it ends. Default: nobody is. */
  alarmTopic?: ITopic | undefined;
  /** False leaves out the dashboard, which CloudWatch may charge for. Default: true. */
  dashboard?: boolean | undefined;
  /** Is told of each completion. Default: nobody is, but see `onCompleted`. */
  completionTopic?: ITopic | undefined;
}

/** The events by which a completion is announced. */
const COMPLETED = { source: 'lading', detailType: 'Archive Completed' } as const;

/** Lambda's longest: how large an archive may be depends on it. */
const TIMEOUT = Duration.minutes(15);

/**
 * uploads ─► InspectEvents ─► Inspect ─► results (inspection.json, or the final manifest.json)
 * results ─► ConvertEvents ─► Convert ─► results (image.tar, then manifest.json)
 * Inspect, Convert ─► event bus (`Archive Completed`)
 */
export class ArchiveConverter extends Construct {
  readonly uploads: IBucket;
  readonly results: IBucket;
  readonly #bus: IEventBus;
  readonly #keys: UploadKeys;

  /** Throws `BadSetting` for what no service can be made of. */
  constructor(scope: Construct, id: string, props: ArchiveConverterProps = {}) {
    super(scope, id);
    const { encryptionKey, resultsRetention: retention = Duration.days(90), completionTopic } = props;
    this.#keys = new UploadKeys(props);
    this.#bus = props.eventBus ?? EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    this.uploads = props.uploads ?? new ArchiveBucket(this, 'Uploads', { versioned: true, encryptionKey });
    this.results = props.results ?? new ArchiveBucket(this, 'Results', { versioned: false, retention, encryptionKey });
    if (this.uploads.bucketName === this.results.bucketName)
      throw new BadSetting(
        `Cannot put results into ${this.uploads.bucketName}: the uploads are there, and each result would be one more`,
      );
    const settings = this.#functionSettings(props);
    const functions = [this.#addInspect(props, settings), this.#addConvert(props, settings)];
    const alarms = new Alarms(this, 'Alarms', functions, props.alarmTopic);
    if (props.dashboard !== false) new ConverterDashboard(this, 'Dashboard', functions, alarms.all);
    if (completionTopic !== undefined) this.#tell(completionTopic);
  }

  /** Allows putting archives and their sidecars, in one piece or in parts, and resuming that: what `lading upload` needs. */
  grantUpload(grantee: IGrantable): Grant {
    this.uploads.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:GenerateDataKey');
    const actions = ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'];
    const objects = [this.uploads.arnForObjects(this.#keys.pattern())];
    const unfinished = { actions: ['s3:ListBucketMultipartUploads'], resourceArns: [this.uploads.bucketArn] };
    const bucket = { grantee, resource: this.uploads };
    return Grant.addToPrincipalOrResource({ ...bucket, actions, resourceArns: objects }).combine(
      Grant.addToPrincipalOrResource({ ...bucket, ...unfinished }),
    );
  }

  /** Allows reading everything about uploads, and seeing that something is not there yet. */
  grantReadResults(grantee: IGrantable): Grant {
    this.results.encryptionKey?.grant(grantee, 'kms:Decrypt');
    const objects = [this.results.arnForObjects(this.#keys.pattern())];
    const bucket = { grantee, resource: this.results };
    return Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:GetObject'], resourceArns: objects }).combine(
      Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:ListBucket'], resourceArns: [this.results.bucketArn] }),
    );
  }

  /** A rule for the completions of this converter's uploads; `options.eventPattern` narrows it down. */
  onCompleted(id: string, { target, eventPattern, crossStackScope, ...options }: OnEventOptions = {}): Rule {
    const rule = new Rule(crossStackScope ?? this, id, {
      ...options,
      eventBus: this.#bus,
      eventPattern: {
        source: [COMPLETED.source],
        detailType: [COMPLETED.detailType],
        detail: { resultsBucket: [this.results.bucketName] },
      },
    });
    rule.addEventPattern(eventPattern);
    rule.addTarget(target);
    return rule;
  }

  #functionSettings({
    maxConcurrency = 4,
    reservedConcurrency,
    logRetention,
    nameTemplate,
    maxUploadSize,
  }: ArchiveConverterProps): FunctionSettings {
    if (reservedConcurrency !== undefined && reservedConcurrency < maxConcurrency)
      throw new BadSetting(
        `Cannot reserve ${reservedConcurrency} executions for up to ${maxConcurrency} at once: events beyond them would be refused until they are given up`,
      );
    return {
      environment: {
        UPLOADS_BUCKET: this.uploads.bucketName,
        RESULTS_BUCKET: this.results.bucketName,
        BUCKET_OWNER: Aws.ACCOUNT_ID,
        EVENT_BUS_NAME: this.#bus.eventBusName,
        ...(nameTemplate !== undefined && { NAME_TEMPLATE: nameTemplate }),
        ...(maxUploadSize && { MAX_UPLOAD_BYTES: String(maxUploadSize.toBytes()) }),
      },
      logRetention: logRetention ?? RetentionDays.THREE_MONTHS,
      maxConcurrency,
      reservedConcurrency,
    };
  }

  #addInspect(
    { inspectMemory = 1769, encryptionKey }: ArchiveConverterProps,
    settings: FunctionSettings,
  ): ArchiveFunction {
    const { uploads: bucket } = this;
    const keys = this.#keys;
    const inspect = new ArchiveFunction(this, 'Inspect', {
      ...settings,
      entryPoint: 'inspect',
      description: 'Reads an upload once and says what it is.',
      memorySize: inspectMemory, // hashing and inflating keep a whole CPU busy
      events: new ObjectCreatedQueue(this, 'InspectEvents', {
        bucket,
        keys: keys.uploads,
        timeout: TIMEOUT,
        encryptionKey,
      }),
    });
    inspect.allow(this.uploads, keys.pattern(), 's3:GetObject', 's3:GetObjectVersion');
    inspect.allow(this.results, keys.pattern('/inspection.json'), 's3:GetObject', 's3:PutObject');
    inspect.allow(this.results, keys.pattern('/image.tar'), 's3:GetObject', 's3:DeleteObject'); // none stays beside a refusal
    inspect.allow(this.results, keys.pattern('/manifest.json'), 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    inspect.allowAnnouncing(this.#bus, COMPLETED);
    return inspect;
  }

  #addConvert(
    { convertMemory = 512, encryptionKey }: ArchiveConverterProps,
    settings: FunctionSettings,
  ): ArchiveFunction {
    const { results: bucket } = this;
    const keys = this.#keys;
    const convert = new ArchiveFunction(this, 'Convert', {
      ...settings,
      entryPoint: 'convert',
      description: 'Builds the image archive of an inspected upload, mostly from parts that S3 copies itself.',
      memorySize: convertMemory, // it waits for S3 most of the time
      events: new ObjectCreatedQueue(this, 'ConvertEvents', {
        bucket,
        keys: keys.inspections,
        timeout: TIMEOUT,
        encryptionKey,
      }),
    });
    convert.allow(this.uploads, keys.pattern(), 's3:GetObject', 's3:GetObjectVersion');
    convert.allow(this.results, keys.pattern('/inspection.json'), 's3:GetObject');
    convert.allow(
      this.results,
      keys.pattern('/image.tar'),
      's3:GetObject',
      's3:PutObject',
      's3:AbortMultipartUpload',
      's3:DeleteObject',
    );
    convert.allow(this.results, keys.pattern('/manifest.json'), 's3:GetObject', 's3:PutObject', 's3:DeleteObject');
    convert.allowFindingMultipartUploads(this.results);
    convert.allowAnnouncing(this.#bus, COMPLETED);
    return convert;
  }

  #tell(topic: ITopic): void {
    const rule = this.onCompleted('Completed', { target: new SnsTopic(topic) });
    acknowledge(
      rule,
      'Serverless',
      'EventBusDLQ',
      'A lost message is no lost result: the manifest has the final word.',
    );
  }
}
