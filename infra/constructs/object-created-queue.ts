import { ArnFormat, Aws, Duration, Fn, Names, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import type { KeyMatcher } from '../upload-keys.ts';

interface ObjectCreatedQueueProps {
  bucket: IBucket;
  /** Which keys count: one matcher must agree. */
  keys: KeyMatcher[];
  /** How long the consumer may work on one event. */
  timeout: Duration;
  /** Encrypts the events. Default: a key of SQS. */
  encryptionKey?: IKey | undefined;
}

/** How often an event is tried before it is set aside. */
const MAX_RECEIVES = 5;

/** Characters. */
const MAX_QUEUE_NAME = 80;
const UUID = 36;

/** The objects that appear in a bucket, as a queue of events: bucket, EventBridge rule, queue, and where lost events end. */
export class ObjectCreatedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** How long the consumer may work on one event. */
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, { bucket, keys, timeout, encryptionKey }: ObjectCreatedQueueProps) {
    super(scope, id);
    this.timeout = timeout;
    const queueName = this.#nameKnownAhead();
    const secured: QueueProps = { enforceSSL: true, ...encryptedWith(encryptionKey) };
    this.deadLetters = this.#createDeadLetters(queueName, secured);
    this.queue = new Queue(this, 'Queue', {
      ...secured,
      queueName,
      // After a crash. Not the six times that AWS asks for: a repeat does no harm, a long wait does (docs/decisions/0013-order-of-events.md).
      visibilityTimeout: Duration.seconds(2 * timeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    const target = { arn: this.queue.queueArn, deadLetterConfig: { arn: this.deadLetters.queueArn } };
    const rule = new Rule(this, 'ObjectCreated', {
      description: `Objects created in ${bucket.node.path}, for ${id}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: keys } },
      },
      targets: [{ bind: () => target }],
    });
    this.#letSend(rule, encryptionKey);
  }

  /** By hand: the target class of the CDK opens a queue with a KMS key to every rule of the account. */
  #letSend(rule: Rule, encryptionKey: IKey | undefined): void {
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    for (const queue of [this.queue, this.deadLetters]) {
      const conditions = { ArnEquals: { 'aws:SourceArn': rule.ruleArn } };
      const actions = ['sqs:SendMessage'];
      queue.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: [queue.queueArn], conditions }));
    }
    // Not the rule, which refers to the queue, which refers to the key: that would be a circle.
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
    encryptionKey?.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: ['*'], conditions }));
  }

  /**
   * The dead-letter queue names the queue that it serves, which in turn refers to it: two references would be a circle.
   * SQS does not ask whether the first one exists, so a name breaks it; the stack's id, a UUID, makes the name unique.
   */
  #nameKnownAhead(): string {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    return Fn.join('-', [Names.uniqueResourceName(this, { maxLength: MAX_QUEUE_NAME - '-'.length - UUID }), stackId]);
  }

  #createDeadLetters(sourceName: string, secured: QueueProps): Queue {
    const sourceArn = Stack.of(this).formatArn({
      service: 'sqs',
      resource: sourceName,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    const queue = new Queue(this, 'DeadLetters', {
      ...secured,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, 'Source', sourceArn)],
      },
    });
    acknowledge(queue, 'Serverless', 'SQSRedrivePolicy', 'It is a dead-letter queue itself.');
    return queue;
  }
}

function encryptedWith(key: IKey | undefined): QueueProps {
  if (key === undefined) return { encryption: QueueEncryption.SQS_MANAGED };
  return { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
}
