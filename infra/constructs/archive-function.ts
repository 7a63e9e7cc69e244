import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { bundling, entryFile, type EntryPoint } from '../bundling.ts';
import { acknowledge, wildcardKeys } from '../nag.ts';
import type { ObjectCreatedQueue } from './object-created-queue.ts';

interface ArchiveFunctionProps {
  entryPoint: EntryPoint;
  description: string;
  /** MB. Lambda gives one whole CPU at 1,769 and shares of it below. */
  memorySize: number;
  /** Its work: one event at a time. */
  events: ObjectCreatedQueue;
  environment: Record<string, string>;
}

/** What a function may be allowed to do with objects. */
type ObjectAction =
  | 's3:GetObject'
  | 's3:GetObjectVersion'
  | 's3:PutObject'
  | 's3:AbortMultipartUpload'
  | 's3:DeleteObject';

/** Low enough for an account with Lambda's smallest quota to have some left for everything else. */
const MAX_CONCURRENCY = 4;

const ACCEPTED = [
  { rule: 'LambdaDLQ', reason: 'Its queue has a dead-letter queue.' },
  { rule: 'LambdaEventSourceMappingDestination', reason: 'Its queue has a dead-letter queue.' },
  { rule: 'LambdaTracing', reason: 'X-Ray would need rights on every resource; logs and metrics tell enough.' },
] as const;

/** A function with a role, a log group and a queue of its own; it may do nothing that it was not allowed to by name. */
export class ArchiveFunction extends Construct {
  readonly #role: Role;

  constructor(scope: Construct, id: string, props: ArchiveFunctionProps) {
    super(scope, id);
    const { entryPoint, description, memorySize, events, environment } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.#role);
    const handler = new NodejsFunction(this, 'Function', {
      entry: entryFile(entryPoint),
      bundling,
      description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      timeout: events.timeout,
      role: this.#role,
      logGroup,
      environment: { ...environment, NODE_OPTIONS: '--enable-source-maps' },
      awsSdkConnectionReuse: false,
    });
    handler.addEventSource(
      new SqsEventSource(events.queue, {
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: MAX_CONCURRENCY,
      }),
    );
    for (const { rule, reason } of ACCEPTED) acknowledge(handler, 'Serverless', rule, reason);
  }

  /**
   * Allows `actions` on the objects whose keys match `keys` (`*` stands for anything, also for slashes), and
   * listing: without that right S3 answers 403 for an object that is not there, as it does for a forbidden one.
   */
  allow(bucket: IBucket, keys: string, ...actions: ObjectAction[]): void {
    this.#role.addToPolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
    this.#role.addToPolicy(new PolicyStatement({ actions, resources: [bucket.arnForObjects(keys)] }));
    const reason =
      'Users choose the keys, so no narrower pattern covers them; actions and the end of the key are exact.';
    acknowledge(this.#role, 'AwsSolutions', wildcardKeys(bucket, keys), reason);
  }
  /** Allows finding the multipart uploads that crashed invocations have left open in a bucket. */
  allowFindingMultipartUploads(bucket: IBucket): void {
    const actions = ['s3:ListBucketMultipartUploads'];
    this.#role.addToPolicy(new PolicyStatement({ actions, resources: [bucket.bucketArn] }));
  }
}
