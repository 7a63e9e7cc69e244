import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Function, type IFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { type EntryPoint, functionCode } from '../function-code.ts';
import { acknowledge, wildcardKeys } from '../nag.ts';
import type { ObjectCreatedQueue } from './object-created-queue.ts';

/** The settings that both functions of a converter share. */
export interface FunctionSettings {
  environment: Record<string, string>;
  logRetention: RetentionDays;
  /** The most invocations of a function at a time. */
  maxConcurrency: number;
  /** The concurrent executions to reserve for each function. Default: none. */
  reservedConcurrency?: number | undefined;
}

interface ArchiveFunctionProps extends FunctionSettings {
  entryPoint: EntryPoint;
  description: string;
  /** The memory of the function in MB. Lambda gives one whole CPU at 1,769 MB, and a share of one below that. */
  memorySize: number;
  /** The queue of the events that the function handles, one at a time. */
  events: ObjectCreatedQueue;
}

/** The rights on S3 objects that a function may get. */
type ObjectAction =
  | 's3:GetObject'
  | 's3:GetObjectVersion'
  | 's3:PutObject'
  | 's3:AbortMultipartUpload'
  | 's3:DeleteObject';

const ACCEPTED = [
  { rule: 'LambdaDLQ', reason: 'Its queue has a dead-letter queue.' },
  { rule: 'LambdaEventSourceMappingDestination', reason: 'Its queue has a dead-letter queue.' },
  { rule: 'LambdaTracing', reason: 'X-Ray would need rights on every resource; logs and metrics tell enough.' },
] as const;

/** The Lambda runtime for Node 24. The older CDKs that Lading supports have no constant for it. */
const NODE = new Runtime('nodejs24.x', RuntimeFamily.NODEJS);

/** A Lambda function with a role, a log group and a queue of its own. It has only the rights that `allow…` gives it. */
export class ArchiveFunction extends Construct {
  /** The name of the function in its metrics. */
  readonly name: EntryPoint;
  readonly handler: IFunction;
  readonly events: ObjectCreatedQueue;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ArchiveFunctionProps) {
    super(scope, id);
    const { entryPoint, description, memorySize, events, environment, maxConcurrency, reservedConcurrency } = props;
    this.name = entryPoint;
    this.events = events;
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.#role);
    this.handler = new Function(this, 'Function', {
      code: functionCode(entryPoint),
      handler: `function-${entryPoint}.handler`,
      description,
      runtime: NODE,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: events.timeout,
      role: this.#role,
      logGroup,
      environment: { ...environment, QUEUE_URL: events.queue.queueUrl, NODE_OPTIONS: '--enable-source-maps' },
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    });
    // The CDK's `SqsEventSource` would grant more rights on the queue than Lambda needs.
    const mapping = { batchSize: 1, reportBatchItemFailures: true, maxConcurrency };
    this.handler.addEventSourceMapping('Events', { eventSourceArn: events.queue.queueArn, ...mapping });
    const ofLambda = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    this.#allow([...ofLambda, 'sqs:ChangeMessageVisibility'], events.queue.queueArn);
    events.queue.encryptionMasterKey?.grantDecrypt(this.#role);
    for (const { rule, reason } of ACCEPTED) acknowledge(this.handler, 'Serverless', rule, reason);
  }

  /**
   * Allows `actions` on the objects of a bucket whose keys match `keys` (`*` matches anything, slashes too), and what
   * they need of the bucket's KMS key. It allows listing as well: without that right S3 answers 403 for an object that
   * does not exist.
   */
  allow(bucket: IBucket, keys: string, ...actions: ObjectAction[]): void {
    this.#allow(['s3:ListBucket'], bucket.bucketArn);
    this.#allow(actions, bucket.arnForObjects(keys));
    if (bucket.encryptionKey !== undefined) {
      // When S3 completes a multipart upload it decrypts and encrypts the parts. So whoever writes must be able to
      // decrypt.
      const key = actions.includes('s3:PutObject') ? ['kms:Decrypt', 'kms:GenerateDataKey'] : ['kms:Decrypt'];
      this.#allow(key, bucket.encryptionKey.keyArn, {
        StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` },
      });
    }
    const reason =
      'Users choose the keys, so no narrower pattern covers them; actions and the end of the key are exact.';
    acknowledge(this.#role, 'AwsSolutions', wildcardKeys(bucket, keys), reason);
  }

  /** Allows listing the unfinished multipart uploads in a bucket, to find those that crashed invocations left. */
  allowFindingMultipartUploads(bucket: IBucket): void {
    this.#allow(['s3:ListBucketMultipartUploads'], bucket.bucketArn);
  }

  /** Allows sending events of one source and detail type to an event bus. The condition covers every event. */
  allowAnnouncing(bus: IEventBus, { source, detailType }: { source: string; detailType: string }): void {
    const only = { 'events:source': source, 'events:detail-type': detailType };
    this.#allow(['events:PutEvents'], bus.eventBusArn, { 'ForAllValues:StringEquals': only });
  }

  #allow(actions: string[], resource: string, conditions: Record<string, Record<string, string>> = {}): void {
    this.#role.addToPolicy(new PolicyStatement({ actions, resources: [resource], conditions }));
  }
}
