import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Path } from './alarms.ts';
import type { ArchiveFunction } from './archive-function.ts';

const WIDTH = 24;
const period = Duration.minutes(5);

/**
 * A CloudWatch dashboard with the alarms of the service, the metrics that the inspect and convert functions log, and
 * the number of events in their queues.
 */
export class ConverterDashboard extends Dashboard {
  /**
   * Makes the dashboard. `converter` is the value of the metric dimension `Converter` for this `ArchiveConverter`. The
   * dimension separates its metrics from those of other converters in the same account.
   */
  constructor(scope: Construct, id: string, paths: Path[], converter: string, alarms: Alarm[]) {
    super(scope, id, { defaultInterval: Duration.days(1) });
    const of = (metrics: (each: Path) => IMetric[]): IMetric[] => paths.flatMap(metrics);
    const counted = (name: string, dimension: string): IMetric => countedBy(name, dimension, converter);
    const own = ({ worker }: Path, name: string, statistic: string): IMetric =>
      ownOf(worker, name, statistic, converter);
    this.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: WIDTH }));
    this.addWidgets(
      graph('Archives by outcome', [counted('Archives', 'Outcome')]),
      graph('Archives by kind', [counted('Archives', 'Kind')]),
    );
    this.addWidgets(graph('Findings', [counted('Findings', 'Code')]), graph('Faults', [counted('Faults', 'Code')]));
    this.addWidgets(
      graph(
        'Bytes',
        of((each) => [own(each, 'BytesRead', Stats.SUM), own(each, 'BytesSent', Stats.SUM)]),
      ),
      graph(
        'Seconds',
        of((each) => [own(each, 'Seconds', Stats.p(50)), own(each, 'Seconds', Stats.p(95))]),
      ),
    );
    const waiting = { period, statistic: Stats.MAXIMUM };
    this.addWidgets(
      graph(
        'Events that wait',
        of(({ events }) => [events.queue.metricApproximateNumberOfMessagesVisible(waiting)]),
      ),
      graph(
        'Dead letters',
        of(({ events }) => [events.deadLetters.metricApproximateNumberOfMessagesVisible(waiting)]),
      ),
    );
  }
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: WIDTH / 2, leftYAxis: { min: 0 } });
}

/**
 * Makes a metric out of the numbers with the name `name` that the Lambda functions of one `ArchiveConverter` log,
 * summed over periods of five minutes. Its graph has one line for each value of the metric dimension named
 * `dimension`. `converter` is the value of the dimension `Converter`.
 */
function countedBy(name: string, dimension: string, converter: string): IMetric {
  const which = `{Lading,Converter,Function,${dimension}} MetricName="${name}" Converter="${converter}"`;
  const search = `SEARCH('${which}', 'Sum', ${period.toSeconds()})`;
  return new MathExpression({ expression: search, label: '', period });
}

/**
 * Makes a metric out of the numbers with the name `metricName` that one Lambda function of an `ArchiveConverter`
 * writes to its log. `statistic` says how the numbers of five minutes become one, for instance as their sum.
 * `converter` is the value of the metric dimension `Converter`.
 */
function ownOf({ name }: ArchiveFunction, metricName: string, statistic: string, converter: string): IMetric {
  const label = `${name} ${metricName} ${statistic}`;
  const dimensionsMap = { Converter: converter, Function: name };
  return new Metric({ namespace: 'Lading', metricName, dimensionsMap, statistic, period, label });
}
