import { Annotations, Aws, Duration } from 'aws-cdk-lib';
import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { EventBus, type IEventBus, type IRule, type OnEventOptions, Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Grant, type IGrantable, type IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { nameTemplateProblem } from '../core/options/name-template.ts';
import { BadSetting } from './bad-setting.ts';
import { Alarms, type Path } from './constructs/alarms.ts';
import { announceObjects, ArchiveBucket } from './constructs/archive-bucket.ts';
import { ConverterDashboard } from './constructs/dashboard.ts';
import { GitHubRole } from './constructs/github-role.ts';
import { addConvert, addFail, addInspect, COMPLETED, type SharedSettings } from './constructs/workers.ts';
import { type ArchiveConverterProps, refuseUnknownSettings } from './converter-props.ts';
import { acknowledge, wildcardKeys } from './nag.ts';
import { UploadKeys } from './upload-keys.ts';

export { BadSetting } from './bad-setting.ts';
export type { GitHubTrust } from './constructs/github-role.ts';
export type { ArchiveConverterProps } from './converter-props.ts';

/**
 * Two things of the same kind: one that belongs to the inspect function, and one that belongs to the convert function.
 */
interface Both<T> {
  inspect: T;
  convert: T;
}

/** The name of the CDK feature flag that lets S3 deliver access logs by a bucket policy, without ACLs. */
const LOGS_BY_POLICY = '@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy';

/**
 * The whole service in AWS as one construct: it turns container archives that are put into a bucket into image
 * archives. Below, `uploads` and `results` are its buckets, and Inspect, Convert and Fail its Lambda functions.
 * uploads ─► InspectEvents ─► Inspect ─► results (inspection.json, or the final manifest.json)
 * results ─► ConvertEvents ─► Convert ─► results (image.tar, report.html if wanted, then manifest.json)
 * events that Inspect or Convert gives up ─► Fail ─► results (manifest.json, outcome `failed`), dead-letter queue
 * Inspect, Convert and Fail ─► event bus (`Archive Completed`)
 */
export class ArchiveConverter extends Construct {
  readonly uploads: IBucket;
  readonly results: IBucket;
  readonly functions: Both<IFunction> & { fail: IFunction };
  readonly rules: Both<IRule>;
  /** The queues from which the inspect function and the convert function get their events about new objects. */
  readonly queues: Both<IQueue>;
  /**
   * The dead-letter queues of the inspect function and of the convert function. When the last try for an event has
   * failed, the event waits there until somebody sends it to the function again.
   */
  readonly deadLetterQueues: Both<IQueue>;
  readonly alarms: Alarm[];
  readonly dashboard: Dashboard | undefined;
  /** The role for workflows of GitHub Actions; undefined unless the property `gitHub` asks for one. */
  readonly gitHubRole: IRole | undefined;
  readonly #bus: IEventBus;
  readonly #keys: UploadKeys;

  /**
   * Makes all resources of the service. Throws `BadSetting` when `props` has an unknown setting, when settings
   * contradict each other, or when a setting has a value that is not allowed.
   */
  constructor(scope: Construct, id: string, props: ArchiveConverterProps = {}) {
    super(scope, id);
    refuseUnknownSettings(props);
    // Without it, a new log bucket would need ACLs. Apps that were not made by a recent CDK do not set it.
    this.node.setContext(LOGS_BY_POLICY, true);
    this.#keys = new UploadKeys(props);
    this.#bus = props.eventBus ?? EventBus.fromEventBusName(this, 'DefaultBus', 'default');
    ({ uploads: this.uploads, results: this.results } = this.#buckets(props));
    const { inspectMemory = 768, convertMemory = 512 } = props;
    const place = this.#workplace(props);
    const inspect = addInspect(this, inspectMemory, place);
    const convert = addConvert(this, convertMemory, inspect, place);
    const fail = addFail(this, [inspect, convert], place);
    const each = <T>(of: (path: Path) => T): Both<T> => ({ inspect: of(inspect), convert: of(convert) });
    this.functions = { ...each(({ worker }) => worker.handler), fail: fail.handler };
    this.rules = each(({ events }) => events.rule);
    this.queues = each(({ events }) => events.queue);
    this.deadLetterQueues = each(({ events }) => events.deadLetters);
    this.alarms = new Alarms(this, 'Alarms', [inspect, convert], fail, props.alarmTopic).all;
    if (props.dashboard !== false)
      this.dashboard = new ConverterDashboard(
        this,
        'Dashboard',
        [inspect, convert],
        this.results.bucketName,
        this.alarms,
      );
    if (props.completionTopic !== undefined) this.#tell(props.completionTopic);
    if (props.gitHub !== undefined) {
      this.gitHubRole = new GitHubRole(this, 'GitHub', props.gitHub);
      this.grantRoundTrip(this.gitHubRole);
      for (const bucket of [this.uploads, this.results])
        acknowledge(
          this.gitHubRole,
          'AwsSolutions',
          wildcardKeys(bucket, this.#keys.pattern()),
          'Users choose the keys, so no narrower pattern covers them; actions and prefix are exact.',
        );
    }
  }

  /**
   * Allows `grantee` what the command `lading upload --wait -o image.tar` does: to upload an archive, to wait for its
   * results, and to download the image archive. Returns the grant.
   */
  grantRoundTrip(grantee: IGrantable): Grant {
    return this.grantUpload(grantee).combine(this.grantReadResults(grantee));
  }

  /**
   * Allows `grantee` what the command `lading upload` does: to store archives, and JSON files with their options, in
   * one request or in parts, and to continue an interrupted upload. Returns the grant.
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

  /**
   * Allows `grantee` to read all results. Also allows listing the results bucket: only then S3 answers "not found" for
   * a result that does not exist yet. Returns the grant.
   */
  grantReadResults(grantee: IGrantable): Grant {
    this.results.encryptionKey?.grant(grantee, 'kms:Decrypt');
    const objects = [this.results.arnForObjects(this.#keys.pattern())];
    const bucket = { grantee, resource: this.results };
    return Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:GetObject'], resourceArns: objects }).combine(
      Grant.addToPrincipalOrResource({ ...bucket, actions: ['s3:ListBucket'], resourceArns: [this.results.bucketArn] }),
    );
  }

  /**
   * Adds an EventBridge rule for the events that this converter sends, one for each upload that it has finished with.
   * If `options.eventPattern` is given, an event must also match this pattern. `id` is the id of the rule as a
   * construct. Returns the rule.
   */
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

  /**
   * Adds an EventBridge rule for the events that this converter sends when an upload has failed at the last try
   * (outcome `failed`). If `options.eventPattern` is given, an event must also match this pattern. `id` is the id of
   * the rule as a construct. Returns the rule.
   */
  onFailed(id: string, { eventPattern = {}, ...options }: OnEventOptions = {}): Rule {
    const detail = { ...eventPattern.detail, outcome: ['failed'] };
    return this.onCompleted(id, { ...options, eventPattern: { ...eventPattern, detail } });
  }

  #buckets(props: ArchiveConverterProps): { uploads: IBucket; results: IBucket } {
    const { encryptionKey, accessLogsBucket, removalPolicy, uploadsRetention, resultsRetention } = props;
    const kept = { encryptionKey, accessLogsBucket, removalPolicy };
    const own = (id: string, versioned: boolean, retention: Duration | undefined): IBucket =>
      new ArchiveBucket(this, id, { ...kept, versioned, retention });
    const uploads = props.uploads ?? own('Uploads', true, uploadsRetention);
    const results = props.results ?? own('Results', false, resultsRetention ?? Duration.days(90));
    if (uploads.bucketName === results.bucketName)
      throw new BadSetting(
        `Cannot put results into ${uploads.bucketName}: the uploads are there, and each result would be one more`,
      );
    for (const [role, bucket] of Object.entries({ uploads: props.uploads, results: props.results })) {
      if (bucket === undefined || announceObjects(bucket)) continue;
      Annotations.of(this).addWarningV2(
        `lading:eventbridge-${role}`,
        `EventBridge must be on for the ${role} bucket, which this app does not make: without it no object there is ever noticed. docs/operations.md has the command, and lading doctor checks it.`,
      );
    }
    return { uploads, results };
  }

  #workplace(props: ArchiveConverterProps): SharedSettings {
    const { maxConcurrency = 4, reservedConcurrency, logRetention, nameTemplate, maxUploadSize, encryptionKey } = props;
    const { reports = false, vpc, vpcSubnets, securityGroups } = props;
    const { uploads, results } = this;
    if (vpc === undefined && (vpcSubnets !== undefined || securityGroups !== undefined))
      throw new BadSetting('Cannot use vpcSubnets or securityGroups without vpc: they belong to one');
    if (reservedConcurrency !== undefined && reservedConcurrency < maxConcurrency)
      throw new BadSetting(
        `Cannot reserve ${reservedConcurrency} executions for up to ${maxConcurrency} at once: events beyond them would be refused until they are given up`,
      );
    const template = nameTemplate === undefined ? null : nameTemplateProblem(nameTemplate);
    if (template !== null) throw new BadSetting(`Cannot name images by ${nameTemplate}: ${template}`);
    const ownKey = uploads.encryptionKey ?? encryptionKey;
    const environment = {
      UPLOADS_BUCKET: uploads.bucketName,
      RESULTS_BUCKET: results.bucketName,
      BUCKET_OWNER: Aws.ACCOUNT_ID,
      EVENT_BUS_NAME: this.#bus.eventBusName,
      ...(ownKey !== undefined && { ENCRYPTION_KEY: ownKey.keyArn }),
      ...(nameTemplate !== undefined && { NAME_TEMPLATE: nameTemplate }),
      ...(maxUploadSize && { MAX_UPLOAD_BYTES: String(maxUploadSize.toBytes()) }),
      ...(reports && { REPORTS: 'true' }),
    };
    const settings = {
      environment,
      logRetention: logRetention ?? RetentionDays.THREE_MONTHS,
      maxConcurrency,
      reservedConcurrency,
      network: vpc && { vpc, ...(vpcSubnets && { vpcSubnets }), ...(securityGroups && { securityGroups }) },
    };
    return { uploads, results, keys: this.#keys, bus: this.#bus, reports, encryptionKey, settings };
  }

  #tell(topic: ITopic): void {
    const rule = this.onCompleted('Completed', { target: new SnsTopic(topic) });
    Annotations.of(rule).acknowledgeWarning(
      '@aws-cdk/aws-events:ruleUnresolvedEnvironment',
      'The topic is of the same account and region.',
    );
    acknowledge(
      rule,
      'Serverless',
      'EventBusDLQ',
      'A lost message is no lost result: the manifest has the final word.',
    );
  }
}
