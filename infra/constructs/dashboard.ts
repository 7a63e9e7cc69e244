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

/** A CloudWatch dashboard with the alarms, the metrics that the two functions log, and the queues. */
export class ConverterDashboard extends Dashboard {
  /** The metrics of several converters differ in a dimension. `converter` is its value for this converter. */
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

/** A metric that the functions log, as a line in the graph for each value of `dimension`. */
function countedBy(name: string, dimension: string, converter: string): IMetric {
  const which = `{Lading,Converter,Function,${dimension}} MetricName="${name}" Converter="${converter}"`;
  const search = `SEARCH('${which}', 'Sum', ${period.toSeconds()})`;
  return new MathExpression({ expression: search, label: '', period });
}

/** A metric that one of the functions writes to its log. */
function ownOf({ name }: ArchiveFunction, metricName: string, statistic: string, converter: string): IMetric {
  const label = `${name} ${metricName} ${statistic}`;
  const dimensionsMap = { Converter: converter, Function: name };
  return new Metric({ namespace: 'Lading', metricName, dimensionsMap, statistic, period, label });
}
