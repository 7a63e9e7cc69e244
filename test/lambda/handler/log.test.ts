import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATALOGUE } from '../../../core/catalogue/catalogue.ts';
import { KIND_NAMES } from '../../../core/manifest/manifest.ts';
import { LadingError } from '../../../core/model/errors.ts';
import type { Outcome } from '../../../core/service/outcome.ts';
import { errorLine, outcomeLines } from '../../../lambda/handler/log.ts';

interface Emf {
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
  [field: string]: unknown;
}

const NOW = 1_700_000_000_000;
const HOSTILE = 'team/"; drop\n{}.tar';
const cost = { bytesRead: 7, bytesSent: 5, seconds: 1.5 };
const outcomes: Outcome[] = [
  { kind: 'gone', key: HOSTILE },
  { kind: 'handed-on', key: HOSTILE, inspectionKey: HOSTILE },
  { kind: 'refused', key: HOSTILE, archive: 'plain', findings: { 'not-a-tar': 2, truncated: 1 }, cost },
];
const errors = [new LadingError('deadline', HOSTILE), new TypeError(HOSTILE), HOSTILE];
const lines = [
  ...outcomes.flatMap((outcome) => outcomeLines({ name: 'convert', converter: 'results' }, outcome, NOW)),
  ...errors.map((error) => errorLine({ name: 'convert', converter: 'results' }, error, 'request-1', NOW)),
].map((line): Emf => JSON.parse(JSON.stringify(line)));

/** The metrics that CloudWatch counts: one line for each metric and set of dimensions. */
function counted(line: Emf): string[] {
  return line._aws.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name, Unit }) =>
      Dimensions.map(
        (set) => `${Namespace} ${Name} ${String(line[Name])} ${Unit} by ${set.map((name) => line[name]).join()}`,
      ),
    ),
  );
}

test('the metrics count each upload with its outcome and kind, its costs, each finding and each failure', () => {
  assert.deepEqual(lines.map(counted), [
    ['Lading Archives 1 Count by results,convert', 'Lading Archives 1 Count by results,convert,gone'],
    ['Lading Archives 1 Count by results,convert', 'Lading Archives 1 Count by results,convert,handed-on'],
    [
      ...['results,convert', 'results,convert,refused', 'results,convert,plain'].map(
        (by) => `Lading Archives 1 Count by ${by}`,
      ),
      ...['BytesRead 7 Bytes', 'BytesSent 5 Bytes', 'Seconds 1.5 Seconds'].map(
        (metric) => `Lading ${metric} by results,convert`,
      ),
    ],
    ['Lading Findings 2 Count by results,convert', 'Lading Findings 2 Count by results,convert,not-a-tar'],
    ['Lading Findings 1 Count by results,convert', 'Lading Findings 1 Count by results,convert,truncated'],
    ['Lading Faults 1 Count by results,convert', 'Lading Faults 1 Count by results,convert,deadline'],
    ['Lading Faults 1 Count by results,convert', 'Lading Faults 1 Count by results,convert,other'],
    ['Lading Faults 1 Count by results,convert', 'Lading Faults 1 Count by results,convert,other'],
  ]);
});

test('every line is valid in the embedded metric format', () => {
  for (const line of lines) {
    assert.equal(line._aws.Timestamp, NOW);
    for (const { Dimensions, Metrics } of line._aws.CloudWatchMetrics) {
      for (const { Name } of Metrics) assert.equal(typeof line[Name], 'number', Name);
      for (const name of Dimensions.flat()) assert.match(String(line[name]), /^[\x20-\x7e]{1,255}$/u, name);
    }
  }
});

test('every value of a dimension comes from a closed set, whatever an uploader writes', () => {
  const closed = new Set([
    ...Object.keys(CATALOGUE),
    ...Object.keys(KIND_NAMES),
    'results',
    'convert',
    'deadline',
    'other',
  ]);
  for (const kind of outcomes) closed.add(kind.kind);
  for (const line of lines) {
    for (const name of line._aws.CloudWatchMetrics.flatMap(({ Dimensions }) => Dimensions.flat()))
      assert.ok(closed.has(String(line[name])), `${name}: ${String(line[name])}`);
  }
});
