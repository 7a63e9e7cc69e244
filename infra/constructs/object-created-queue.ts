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
  /** The conditions on the keys of new objects. An object matches when one of them holds. */
  keys: KeyMatcher[];
  /** The longest time that the function may work on one event from the queue. */
  timeout: Duration;
  /** The KMS key for the events in the queue. Default: a key of SQS. */
  encryptionKey?: IKey | undefined;
}

/** The number of times that an event is delivered before it goes to the dead-letter queue. */
const MAX_RECEIVES = 5;

/** The characters in the longest queue name that SQS accepts, and in a UUID. */
const MAX_QUEUE_NAME = 80;
const UUID = 36;

/**
 * A queue of events about new objects in a bucket. It consists of an EventBridge rule, the queue, and a dead-letter
 * queue for events that could not be delivered or that the function failed on.
 */
export class ObjectCreatedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** The longest time that the function of this queue may work on one event. */
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
      // This applies after a crash. AWS asks for six times the timeout, but a repeated event does no harm, and a long
      // wait does (docs/decisions/0013-order-of-events.md).
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

  /**
   * Allows the EventBridge rule to send to the queues. The CDK's target class `SqsQueue` would open a queue with a KMS
   * key to every rule of the account.
   */
  #letSend(rule: Rule, encryptionKey: IKey | undefined): void {
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    for (const queue of [this.queue, this.deadLetters]) {
      const conditions = { ArnEquals: { 'aws:SourceArn': rule.ruleArn } };
      const actions = ['sqs:SendMessage'];
      queue.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: [queue.queueArn], conditions }));
    }
    // The condition cannot name the rule: rule, queue and key would refer to each other in a circle.
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
    encryptionKey?.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: ['*'], conditions }));
  }

  /**
   * A name for the queue that is known before the queue is made. Queue and dead-letter queue refer to each other, which
   * CloudFormation refuses as a circle. SQS does not check that the queue in a redrive policy exists, so the
   * dead-letter queue can refer to it by name. The stack's id, a UUID, makes the name unique.
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
