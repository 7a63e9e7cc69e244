import { LIMITS } from '../../core/limits.ts';
import { shortened } from '../../core/manifest/shortened.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { Outcome } from '../../core/service/outcome.ts';

/** The name of the Lambda function that writes a log line, and of the service that it belongs to. */
export interface LogSource {
  name: string;
  converter: string;
}

/** A function that writes an object to the log, as one line of JSON. */
export type Log = (line: object) => void;

/** Writes log lines to standard output, one JSON object a line, from where Lambda takes them. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${JSON.stringify(fitting(line))}\n`);
};

/**
 * Returns a log line, shortened if its JSON has more than `LIMITS.logLineBytes` bytes. The field `shortened` then names
 * the texts that were cut. The field `_aws`, which declares CloudWatch metrics, is never cut.
 */
export function fitting(line: object): object {
  const { document, leftOut } = shortened(line, LIMITS.logLineBytes);
  return leftOut.length === 0 ? document : { ...document, shortened: leftOut };
}

const UNITS = {
  Archives: 'Count',
  Findings: 'Count',
  Faults: 'Count',
  BytesRead: 'Bytes',
  BytesSent: 'Bytes',
  Seconds: 'Seconds',
} as const;

type Metric = keyof typeof UNITS;

/**
 * Returns the log lines about one upload: one with its outcome and, if the upload is finished, one for each code of its
 * findings. `now` is the time in milliseconds since 1970. CloudWatch makes metrics of the lines (embedded metric
 * format; docs/decisions/0032-metrics.md). The upload's key is not a dimension, because CloudWatch would make a metric
 * for each key.
 */
export function outcomeLines({ name, converter }: LogSource, { kind, ...rest }: Outcome, now: number): object[] {
  const who = { Converter: converter, Function: name };
  const codes = 'findings' in rest ? { findings: Object.keys(rest.findings) } : {};
  const line = {
    level: 'info',
    message: `${rest.key}: ${kind}`,
    ...who,
    Outcome: kind,
    ...rest,
    ...codes,
  };
  const byOutcome = [WHO, [...WHO, 'Outcome']];
  if (!('cost' in rest)) return [{ ...line, ...metrics(now, [byOutcome, { Archives: 1 }]) }];
  const { key, archive, findings, cost } = rest;
  const { bytesRead: BytesRead, bytesSent: BytesSent, seconds: Seconds } = cost;
  return [
    {
      ...line,
      Kind: archive,
      ...metrics(now, [[...byOutcome, [...WHO, 'Kind']], { Archives: 1 }], [[WHO], { BytesRead, BytesSent, Seconds }]),
    },
    ...Object.entries(findings).map(([Code, Findings]) => ({
      level: 'info',
      message: `${key}: ${Code}`,
      ...who,
      Code,
      key,
      ...metrics(now, [BY_CODE, { Findings }]),
    })),
  ];
}

/**
 * Returns the log line about an error with its causes. The line also adds 1 to the CloudWatch metric `Faults`.
 * `requestId` is that of the Lambda invocation, and `now` is the time in milliseconds since 1970.
 */
export function errorLine({ name, converter }: LogSource, error: unknown, requestId: string, now: number): object {
  return {
    level: 'error',
    message: String(error),
    Converter: converter,
    Function: name,
    Code: error instanceof LadingError ? error.code : 'other',
    requestId,
    error: described(error),
    ...metrics(now, [BY_CODE, { Faults: 1 }]),
  };
}

/** The dimensions of every CloudWatch metric: the converter, which is one deployed service, and the Lambda function. */
const WHO = ['Converter', 'Function'];

const BY_CODE = [WHO, [...WHO, 'Code']];

/**
 * Returns the fields of a log line from which CloudWatch makes metrics: the values, and `_aws`, which declares them.
 * Each of `counts` has lists of dimensions and values: every value becomes one metric for each of the lists.
 * `Timestamp` is in milliseconds since 1970.
 */
function metrics(Timestamp: number, ...counts: [dimensions: string[][], values: Partial<Record<Metric, number>>][]) {
  const CloudWatchMetrics = counts.map(([Dimensions, values]) => {
    const Metrics = (Object.keys(values) as Metric[]).map((Name) => ({ Name, Unit: UNITS[Name] }));
    return { Namespace: 'Lading', Dimensions, Metrics };
  });
  return {
    _aws: { Timestamp, CloudWatchMetrics },
    ...(Object.assign({}, ...counts.map(([, values]) => values)) as object),
  };
}

/**
 * The most causes of an error that are logged; further ones are left out. There must be a limit, because an error can
 * be its own cause.
 */
const MOST_CAUSES = 8;

function described(error: unknown, causes: number = MOST_CAUSES): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? { code: error.code } : {};
  return {
    name,
    ...code,
    message,
    stack,
    ...(cause !== undefined && causes > 0 && { cause: described(cause, causes - 1) }),
  };
}
