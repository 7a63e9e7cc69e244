import { ArnFormat, Aws, Duration, Fn, Names, Stack } from 'aws-cdk-lib';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';

interface ObjectCreatedQueueProps {
  bucket: IBucket;
  /** Which keys count: an EventBridge matcher, `Match.suffix('…')` for example. */
  keys: string[];
  /** How long the consumer may work on one event. */
  timeout: Duration;
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

  constructor(scope: Construct, id: string, { bucket, keys, timeout }: ObjectCreatedQueueProps) {
    super(scope, id);
    this.timeout = timeout;
    const queueName = this.#nameKnownAhead();
    this.deadLetters = this.#createDeadLetters(queueName);
    this.queue = new Queue(this, 'Queue', {
      queueName,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Not the six times that AWS asks for: a repeat does no harm, a long wait does (docs/decisions/0013-order-of-events.md).
      visibilityTimeout: Duration.seconds(2 * timeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
    new Rule(this, 'ObjectCreated', {
      description: `Objects created in ${bucket.node.path}, for ${id}`,
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [bucket.bucketName] }, object: { key: keys } },
      },
      targets: [new SqsQueue(this.queue, { deadLetterQueue: this.deadLetters })],
    });
    this.#raiseAlarm();
  }

  /**
   * The dead-letter queue names the queue that it serves, which in turn refers to it: two references would be a circle.
   * SQS does not ask whether the first one exists, so a name breaks it; the stack's id, a UUID, makes the name unique.
   */
  #nameKnownAhead(): string {
    const stackId = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    return Fn.join('-', [Names.uniqueResourceName(this, { maxLength: MAX_QUEUE_NAME - '-'.length - UUID }), stackId]);
  }

  #createDeadLetters(sourceName: string): Queue {
    const sourceArn = Stack.of(this).formatArn({
      service: 'sqs',
      resource: sourceName,
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    const queue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [Queue.fromQueueArn(this, 'Source', sourceArn)],
      },
    });
    acknowledge(queue, 'Serverless', 'SQSRedrivePolicy', 'It is a dead-letter queue itself.');
    return queue;
  }

  #raiseAlarm(): void {
    new Alarm(this, 'EventsLost', {
      alarmDescription: 'Events that could not be delivered or handled wait in the dead-letter queue.',
      // Not NumberOfMessagesSent: SQS does not count what it moves here itself.
      metric: this.deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: 'Maximum',
      }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}
