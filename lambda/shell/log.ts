import type { Outcome } from '../core/service.ts';

/** Writes one line of the log. */
export type Log = (line: object) => void;

/** One JSON object a line on standard output, where Lambda picks it up. */
export const logToStdout: Log = (line) => {
  process.stdout.write(`${JSON.stringify(line)}\n`);
};

const METRICS = { Uploads: 'Count', BytesRead: 'Bytes', BytesSent: 'Bytes', Seconds: 'Seconds' } as const;

/**
 * What became of an upload, as a line of the log from which CloudWatch also takes metrics (its embedded metric
 * format). Keys are fields of the line, never dimensions: each value of a dimension is a metric of its own.
 */
export function outcomeLine(functionName: string, outcome: Outcome, now: number): object {
  const cost = 'cost' in outcome ? outcome.cost : null;
  const values = {
    Uploads: 1,
    ...(cost && { BytesRead: cost.bytesRead, BytesSent: cost.bytesSent, Seconds: cost.seconds }),
  };
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: METRICS[Name as keyof typeof METRICS] }));
  const CloudWatchMetrics = [{ Namespace: 'Lading', Dimensions: [['Function', 'Outcome']], Metrics }];
  return {
    level: 'info',
    message: `${outcome.key}: ${outcome.kind}`,
    _aws: { Timestamp: now, CloudWatchMetrics },
    Function: functionName,
    Outcome: outcome.kind,
    ...values,
    ...outcome,
  };
}

/** A failure with everything that led to it, as one line of the log. */
export function errorLine(functionName: string, error: unknown, requestId: string): object {
  return { level: 'error', message: String(error), Function: functionName, requestId, error: described(error) };
}

function described(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? { code: error.code } : {};
  return { name, ...code, message, stack, ...(cause !== undefined && { cause: described(cause) }) };
}
