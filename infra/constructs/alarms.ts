import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { ArchiveFunction } from './archive-function.ts';
import type { ObjectCreatedQueue } from './object-created-queue.ts';

/** A Lambda function that works on new objects (inspect or convert), and the queue of its events. */
export interface Path {
  worker: ArchiveFunction;
  events: ObjectCreatedQueue;
}

/**
 * A CloudWatch alarm to make: its metric, the threshold (the alarm goes off when the metric reaches it), and a
 * description for whoever gets the alarm.
 */
interface Watch {
  metric: IMetric;
  threshold: number;
  description: string;
}

/** The time that an event may wait in the queue of its Lambda function. When one waits longer, an alarm goes off. */
const PATIENCE = Duration.hours(1);

/**
 * The part of its timeout (0 to 1) that an invocation of a function may take. When one takes longer, an alarm goes
 * off, because larger archives will soon not be handled in time.
 */
const MOST_OF = 0.9;

/** The CloudWatch alarms of the service. docs/operations.md says what to do about each. */
export class Alarms extends Construct {
  readonly all: Alarm[];

  constructor(scope: Construct, id: string, paths: Path[], failures: ArchiveFunction, topic?: ITopic) {
    super(scope, id);
    const watched = [
      ...paths.map(
        (path) => [path.worker, { ...ofEvents(path), ...ofFunction(path.worker), ...ofTime(path) }] as const,
      ),
      [failures, ofFunction(failures)] as const,
    ];
    this.all = watched.flatMap(([{ node }, watches]) => {
      return Object.entries(watches).map(([name, watch]) => this.#add(`${node.id}${name}`, watch));
    });
    if (topic !== undefined) this.#tell(topic);
  }

  #add(id: string, { metric, threshold, description: alarmDescription }: Watch): Alarm {
    const treatMissingData = TreatMissingData.NOT_BREACHING; // no work gives no data
    return new Alarm(this, id, { metric, threshold, alarmDescription, evaluationPeriods: 1, treatMissingData });
  }

  #tell(topic: ITopic): void {
    for (const alarm of this.all) {
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
    // A topic accepts alarms of its account by default, but no longer when it has a policy.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
  }
}

const period = Duration.minutes(5);

/**
 * Returns the alarms, by name, about the delivery of events to one Lambda function: for its EventBridge rule, its
 * queue and its dead-letter queue.
 */
function ofEvents({ worker, events: { rule, queue, deadLetters } }: Path): Record<string, Watch> {
  const { id } = worker.node;
  const ofRule = (metricName: string): Watch['metric'] => {
    const dimensionsMap = { RuleName: rule.ruleName };
    return new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, period, statistic: Stats.SUM });
  };
  return {
    EventsLost: {
      // NumberOfMessagesSent does not count the messages that SQS moves to the dead-letter queue itself.
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      description: `Events that could not be delivered to ${id}, or that it gave up on, wait in its dead-letter queue.`,
    },
    EventsWaiting: {
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM }),
      threshold: PATIENCE.toSeconds(),
      description: `An event has been waiting for ${id} for an hour.`,
    },
    EventsUndelivered: {
      metric: ofRule('FailedInvocations'),
      threshold: 1,
      description: `EventBridge could not put an event into the queue of ${id}: the policy of the queue or of its key refuses.`,
    },
    EventsDropped: {
      metric: ofRule('InvocationsFailedToBeSentToDlq'),
      threshold: 1,
      description: `EventBridge has dropped an event for ${id}: it could be put into no queue. Its upload is never noticed.`,
    },
  };
}

function ofFunction({ node: { id }, handler }: ArchiveFunction): Record<string, Watch> {
  return {
    Errors: {
      metric: handler.metricErrors({ period, statistic: Stats.SUM }),
      threshold: 1,
      description: `An invocation of ${id} failed; its event is delivered again, at first within a minute, after a crash when the visibility timeout of its queue is over.`,
    },
    Throttles: {
      metric: handler.metricThrottles({ period, statistic: Stats.SUM }),
      threshold: 1,
      description: `Lambda refused to run ${id}: the account, or what is reserved, is used up.`,
    },
  };
}

function ofTime({ worker: { node, handler }, events: { timeout } }: Path): Record<string, Watch> {
  return {
    Overlong: {
      metric: handler.metricDuration({ period, statistic: Stats.MAXIMUM }),
      threshold: MOST_OF * timeout.toMilliseconds(),
      description: `An invocation of ${node.id} took more than nine tenths of its time: archives are getting too large for it.`,
    },
  };
}
