import { Aws, type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function,
  type FunctionOptions,
  type IFunction,
  Runtime,
  RuntimeFamily,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type EntryPoint, functionCode } from '../function-code.ts';
import { acknowledge, wildcardKeys } from '../nag.ts';

/** The settings that all Lambda functions of one `ArchiveConverter` share. */
export interface FunctionSettings {
  environment: Record<string, string>;
  logRetention: RetentionDays;
  /** The most invocations of the function at the same time for each of its queues. Further events wait in the queue. */
  maxConcurrency: number;
  /**
   * The number of concurrent executions that Lambda reserves for the function. Default: none, it shares those of the
   * account.
   */
  reservedConcurrency?: number | undefined;
  /** The VPC in which the function runs. Default: none, it runs in Lambda's own network. */
  network?: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> | undefined;
}

interface ArchiveFunctionProps extends FunctionSettings {
  entryPoint: EntryPoint;
  description: string;
  /** The memory of the function in MB. Lambda gives one whole CPU at 1,769 MB, and a share of one below that. */
  memorySize: number;
  timeout: Duration;
  /** The SQS queues with the function's events. Each invocation gets one event. */
  queues: IQueue[];
}

/** The actions on S3 objects that a Lambda function of the service can be allowed. */
export type ObjectAction =
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

/** The AWS policy with the rights that Lambda needs to attach a function to a VPC. */
const IN_A_VPC = 'service-role/AWSLambdaVPCAccessExecutionRole';

/** The Lambda runtime Node 24, for which the oldest supported versions of the CDK have no constant. */
const NODE = new Runtime('nodejs24.x', RuntimeFamily.NODEJS);

/** A Lambda function with its own role and log group. It has only the rights that the methods `allow…` give it. */
export class ArchiveFunction extends Construct {
  /**
   * The name of the function: `inspect`, `convert` or `fail`. In CloudWatch, it is the value of the metric dimension
   * `Function`.
   */
  readonly name: EntryPoint;
  readonly handler: IFunction;
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ArchiveFunctionProps) {
    super(scope, id);
    const { entryPoint, description, memorySize, timeout, environment, reservedConcurrency, network } = props;
    this.name = entryPoint;
    const logGroup = new LogGroup(this, 'Log', {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.#role);
    if (network !== undefined) this.#role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(IN_A_VPC));
    this.handler = new Function(this, 'Function', {
      code: functionCode(entryPoint),
      handler: `function-${entryPoint}.handler`,
      description,
      runtime: NODE,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout,
      role: this.#role,
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      ...network,
      ...(reservedConcurrency !== undefined && { reservedConcurrentExecutions: reservedConcurrency }),
    });
    for (const [at, queue] of props.queues.entries()) this.#take(queue, at, props.maxConcurrency);
    for (const { rule, reason } of ACCEPTED) acknowledge(this.handler, 'Serverless', rule, reason);
  }

  /**
   * Allows the function the given actions on those objects of a bucket whose keys match `keys` (`*` matches anything,
   * slashes too). Allows the use of the bucket's KMS key, too. It also allows listing the bucket: otherwise S3 answers
   * 403 for an object that does not exist.
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

  /** Allows the function to send messages to a queue. */
  allowSending(queue: IQueue): void {
    this.#allow(['sqs:SendMessage'], queue.queueArn);
    queue.encryptionMasterKey?.grant(this.#role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  /** Allows the function to list open multipart uploads in a bucket, to find those of crashed invocations. */
  allowFindingMultipartUploads(bucket: IBucket): void {
    this.#allow(['s3:ListBucketMultipartUploads'], bucket.bucketArn);
  }

  /** Allows the function to send events to an event bus, but only those with this source and this detail type. */
  allowAnnouncing(bus: IEventBus, { source, detailType }: { source: string; detailType: string }): void {
    const only = { 'events:source': source, 'events:detail-type': detailType };
    this.#allow(['events:PutEvents'], bus.eventBusArn, { 'ForAllValues:StringEquals': only });
  }

  /**
   * Lets Lambda deliver a queue's messages to the function, one with each invocation. `at` is the number of the queue
   * among those of the function, from 0. At most `maxConcurrency` invocations for this queue run at the same time. The
   * CDK's `SqsEventSource` would grant needless rights.
   */
  #take(queue: IQueue, at: number, maxConcurrency: number): void {
    const mapping = { batchSize: 1, reportBatchItemFailures: true, maxConcurrency };
    const id = at === 0 ? 'Events' : `Events${at + 1}`;
    this.handler.addEventSourceMapping(id, { eventSourceArn: queue.queueArn, ...mapping });
    const ofLambda = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    this.#allow([...ofLambda, 'sqs:ChangeMessageVisibility'], queue.queueArn);
    queue.encryptionMasterKey?.grantDecrypt(this.#role);
  }

  #allow(actions: string[], resource: string, conditions: Record<string, Record<string, string>> = {}): void {
    this.#role.addToPolicy(new PolicyStatement({ actions, resources: [resource], conditions }));
  }
}
