import { LIMITS } from '../../core/limits.ts';
import { shortened } from '../../core/manifest/shortened.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { Outcome } from '../../core/service/service.ts';

/** The function that writes a line, and its converter, which is named after its results bucket. */
export interface Speaker {
  name: string;
  converter: string;
}

/** Writes one line of the log, as JSON. */
export type Log = (line: object) => void;

/** Writes to standard output, one JSON object a line. Lambda takes the lines from there. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${JSON.stringify(fitting(line))}\n`);
};

/**
 * The line in at most `LIMITS.logLineBytes` bytes of JSON. The texts of a longer line are cut, and its field
 * `shortened` names them. The declaration of the metrics stays whole.
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
 * The log lines about one upload: one with its outcome, and one for each distinct code among its findings. CloudWatch
 * extracts metrics from them (embedded metric format; docs/decisions/0032-metrics.md). A key is a field and never a
 * dimension, because each value of a dimension makes one more metric.
 */
export function outcomeLines({ name, converter }: Speaker, { kind, ...rest }: Outcome, now: number): object[] {
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

/** The log line about a failure, with all its causes. It counts as one in the metric `Faults`. */
export function errorLine({ name, converter }: Speaker, error: unknown, requestId: string, now: number): object {
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

/** The dimensions of every metric. */
const WHO = ['Converter', 'Function'];

const BY_CODE = [WHO, [...WHO, 'Code']];

/**
 * The fields of a log line that CloudWatch needs for metrics: the values, and `_aws`, which declares them. Each value
 * counts once for every list of dimensions.
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

/** The most causes in one line. An error can be its own cause. */
const CAUSES = 8;

function described(error: unknown, causes: number = CAUSES): object {
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
