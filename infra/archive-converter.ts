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

/** Settings of an `ArchiveConverter`. All are optional: without any, the construct makes a whole service. */
export interface ArchiveConverterProps extends UploadFilter {
  /**
   * The bucket for archives. It must be of this account and region and have EventBridge switched on. Default: a new
   * bucket, versioned.
   */
  uploads?: IBucket | undefined;
  /**
   * The bucket for manifests and images. It must be of this account and region, have EventBridge switched on, and not
   * be the uploads bucket. Default: a new bucket.
   */
  results?: IBucket | undefined;
  /**
   * The name for an image whose upload gives none: `ghcr.io/team/{name}:{tag}`. `{name}` and `{tag}` come from the
   * upload's key. Default: `{name}:{tag}`.
   */
  nameTemplate?: string | undefined;
  /**
   * Larger uploads are refused without being read, and their manifest says so. Default: what can be read in 15 minutes.
   */
  maxUploadSize?: Size | undefined;
  /** How long results are kept, in a results bucket that this construct makes. Default: 90 days. */
  resultsRetention?: Duration | undefined;
  /** How long the functions' logs are kept. Default: three months. */
  logRetention?: RetentionDays | undefined;
  /** Memory of the inspect function, in MB. More is faster; 1,769 is one whole CPU. Default: 1,769. */
  inspectMemory?: number | undefined;
  /** Memory of the convert function, in MB. It mostly waits for S3. Default: 512. */
  convertMemory?: number | undefined;
  /**
   * How many invocations of each function may run at a time, 2 to 1,000. Default: 4, so that even an account with the
   * smallest quota, often 10, has some left.
   */
  maxConcurrency?: number | undefined;
  /** How many concurrent executions to reserve for each function, at least `maxConcurrency`. Default: none. */
  reservedConcurrency?: number | undefined;
  /**
   * The KMS key for the queues and for the buckets that this construct makes. An imported key needs the policy in
   * docs/security.md. Default: keys of S3 and SQS.
   */
  encryptionKey?: IKey | undefined;
  /** The bus for completion events, in this account and region. Default: the account's default bus. */
  eventBus?: IEventBus | undefined;
  /** The topic that gets a message when an alarm begins and when it ends. Default: none. */
  alarmTopic?: ITopic | undefined;
  /** False leaves out the dashboard, for which CloudWatch may charge. Default: true. */
  dashboard?: boolean | undefined;
  /** The topic that gets each completion event. Default: none. `onCompleted` takes any other target. */
  completionTopic?: ITopic | undefined;
}

/** Source and detail type of a completion event. */
const COMPLETED = { source: 'lading', detailType: 'Archive Completed' } as const;

/** The feature flag with which S3 may deliver logs into a bucket without ACLs. */
const LOGS_BY_POLICY = '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy';

/** The longest that Lambda allows. It limits how large an archive may be. */
const TIMEOUT = Duration.minutes(15);

/**
 * The whole service:
 * uploads ─► InspectEvents ─► Inspect ─► results (inspection.json, or the final manifest.json)
 * results ─► ConvertEvents ─► Convert ─► results (image.tar, then manifest.json)
 * Inspect, Convert ─► event bus (`Archive Completed`)
 */
export class ArchiveConverter extends Construct {
  readonly uploads: IBucket;
  readonly results: IBucket;
  readonly #bus: IEventBus;
  readonly #keys: UploadKeys;

  /** Throws `BadSetting` when the settings contradict each other or cannot be expressed. */
  constructor(scope: Construct, id: string, props: ArchiveConverterProps = {}) {
    super(scope, id);
    // Without it, a new log bucket would need ACLs. Apps that were not made by a recent CDK do not set it.
    this.node.setContext(LOGS_BY_POLICY, true);
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

  /**
   * Allows what `lading upload` needs: to put archives and their sidecars, in one request or in parts, and to resume.
   */
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

  /** Allows reading all results, and seeing that a result does not exist yet. */
  grantReadResults(grantee: IGrantable): Grant {
    this.results.encryptionKey?.grant(grantee, 'kms:Decrypt');
    const objects = [this.results.arnForObjects(this.#keys.pattern())];
    const bucket = { grantee, resource: this.results };
    return Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:GetObject'], resourceArns: objects }).combine(
      Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:ListBucket'], resourceArns: [this.results.bucketArn] }),
    );
  }

  /** Adds a rule for the completion events of this converter. `options.eventPattern` restricts it further. */
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
    // To delete the image archive of an older upload when the new upload is refused.
    inspect.allow(this.results, keys.pattern('/image.tar'), 's3:GetObject', 's3:DeleteObject');
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
      memorySize: convertMemory, // it mostly waits for S3
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
