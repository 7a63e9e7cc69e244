import { ArnFormat, Aws, Duration, Fn, Names, Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { type DeadLetterQueue, Queue, QueueEncryption, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import type { KeyMatcher } from '../upload-keys.ts';

interface ObjectCreatedQueueProps {
  bucket: IBucket;
  /** The conditions on keys. An event about a new object is put into the queue when one of them holds for its key. */
  keys: KeyMatcher[];
  /** The longest time that the function that gets the events may work on one of them. */
  timeout: Duration;
  /** The longest time that the fail function, which records that an upload has failed, may work on one event. */
  failureTimeout: Duration;
  /** The KMS key with which the queues encrypt the events. Default: a key of SQS. */
  encryptionKey?: IKey | undefined;
}

/**
 * The number of times that an event is delivered to the inspect or convert function. After that it is given up: it
 * goes to the fail function, which records that the upload has failed.
 */
export const MAX_RECEIVES = 5;

/**
 * The number of deliveries after which SQS moves a given-up event to the dead-letter queue, if the fail function has
 * not handled the event by then. SQS may also count the earlier deliveries to the inspect or convert function, which
 * are at most `MAX_RECEIVES`. So at least `MAX_RECEIVES` tries remain for the fail function.
 */
const GIVEN_UP_RECEIVES = 2 * MAX_RECEIVES;

/** The largest number of characters that SQS allows in the name of a queue. */
const MAX_QUEUE_NAME = 80;
const UUID = 36; // its length

/**
 * An EventBridge rule and three queues that bring events about new objects in a bucket to a Lambda function. The
 * function takes its events from the first queue. The second gets the events that could not be delivered, and those
 * that failed at the last try. The fail function takes these, records that the upload has failed, and moves the event
 * into the third queue, the dead-letter queue (docs/decisions/0084-failed.md).
 */
export class ObjectCreatedQueue extends Construct {
  readonly rule: Rule;
  readonly queue: Queue;
  readonly givenUp: Queue;
  readonly deadLetters: Queue;
  /** The longest time that the function that takes events from `queue` may work on one of them. */
  readonly timeout: Duration;
  readonly #secured: QueueProps;

  constructor(scope: Construct, id: string, props: ObjectCreatedQueueProps) {
    super(scope, id);
    const { bucket, keys, timeout, failureTimeout, encryptionKey } = props;
    this.timeout = timeout;
    this.#secured = { enforceSSL: true, ...encryptedWith(encryptionKey) };
    const [queueName, givenUpName] = [this.#nameKnownAhead(), this.#nameKnownAhead('GivenUp')];
    this.deadLetters = this.#createDeadLetters(givenUpName);
    // EventBridge and the functions send to this queue as well. `byQueue` concerns only what SQS itself moves.
    const toPeople = { queue: this.deadLetters, maxReceiveCount: GIVEN_UP_RECEIVES };
    this.givenUp = this.#createQueue('GivenUp', failureTimeout, toPeople, {
      queueName: givenUpName,
      redriveAllowPolicy: this.#onlyFrom(queueName, 'GivenUpSource'),
      // The age of an event goes with it when SQS moves it, so it must not be too old for this queue.
      retentionPeriod: Duration.days(14),
    });
    const toFailures = { queue: this.givenUp, maxReceiveCount: MAX_RECEIVES };
    this.queue = this.#createQueue('Queue', timeout, toFailures, { queueName, retentionPeriod: Duration.days(4) });
    const target = { arn: this.queue.queueArn, deadLetterConfig: { arn: this.givenUp.queueArn } };
    this.rule = new Rule(this, 'ObjectCreated', {
      description: `Objects created in ${bucket.node.path}, for ${id}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: keys } },
      },
      targets: [{ bind: () => target }],
    });
    this.#letRuleSend(encryptionKey);
  }

  /**
   * Allows the EventBridge rule to send events to the function's queue, and to the queue of events that could not be
   * delivered. The CDK's target class `SqsQueue` is not used: with a KMS key, it would let every rule of the account
   * send.
   */
  #letRuleSend(encryptionKey: IKey | undefined): void {
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    for (const queue of [this.queue, this.givenUp]) {
      const conditions = { ArnEquals: { 'aws:SourceArn': this.rule.ruleArn } };
      const actions = ['sqs:SendMessage'];
      queue.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: [queue.queueArn], conditions }));
    }
    // The condition cannot name the rule: rule, queue and key would refer to each other in a circle.
    const conditions = { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } };
    const actions = ['kms:Decrypt', 'kms:GenerateDataKey'];
    encryptionKey?.addToResourcePolicy(new PolicyStatement({ principals, actions, resources: ['*'], conditions }));
  }

  /**
   * Makes the name of a queue before the queue exists; it ends with `extra` and the stack's id. If two queues refer to
   * each other, one of them can use this name: CloudFormation refuses references in a circle. The stack's id, a UUID,
   * makes the name unique.
   */
  #nameKnownAhead(extra = ''): string {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    const maxLength = MAX_QUEUE_NAME - '-'.length - UUID - extra.length;
    return Fn.join('-', [Names.uniqueResourceName(this, { maxLength }) + extra, stackId]);
  }

  /**
   * Makes an SQS queue for a Lambda function whose timeout is `timeout`. `deadLetterQueue` names the queue to which
   * SQS moves a message, and the number of deliveries after which it does so. `props` has further settings of the
   * queue.
   */
  #createQueue(id: string, timeout: Duration, deadLetterQueue: DeadLetterQueue, props: QueueProps): Queue {
    return new Queue(this, id, {
      ...this.#secured,
      ...props,
      // This applies after a crash. AWS asks for six times the timeout, but a repeated event does no harm, and a long
      // wait does (docs/decisions/0013-order-of-events.md).
      visibilityTimeout: Duration.seconds(2 * timeout.toSeconds()),
      deadLetterQueue,
    });
  }

  #createDeadLetters(from: string): Queue {
    const queue = new Queue(this, 'DeadLetters', {
      ...this.#secured,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: this.#onlyFrom(from, 'Source'),
    });
    acknowledge(queue, 'Serverless', 'SQSRedrivePolicy', 'It is a dead-letter queue itself.');
    return queue;
  }

  #onlyFrom(name: string, id: string): QueueProps['redriveAllowPolicy'] & object {
    const arn = Stack.of(this).formatArn({
      service: 'sqs',
      resource: name,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    return { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [Queue.fromQueueArn(this, id, arn)] };
  }
}

function encryptedWith(key: IKey | undefined): QueueProps {
  if (key === undefined) return { encryption: QueueEncryption.SQS_MANAGED };
  return { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
}
