import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Point, slope } from '../../bench/expensive/summary.ts';

/** Points of doubled sizes with these costs. */
const points = (...costs: number[]): Point[] =>
  costs.map((cpuSeconds, i) => ({ command: 'inspect', cpuSeconds, peakBytes: 0, fault: null, sent: 1, size: 2 ** i }));
const of = (...costs: number[]) => slope(points(...costs), ({ cpuSeconds }) => cpuSeconds, 0.1);
const near = (value: number, expected: number) => assert.ok(Math.abs(value - expected) < 0.001, `${value}`);

test('the slope of a linear cost is 1, that of a quadratic one 2, that of a constant one 0', () => {
  near(of(0.25, 0.5, 1, 2), 1);
  near(of(0.25, 1, 4, 16), 2);
  near(of(3, 3, 3), 0);
});

test('costs below the noise do not count, and two points are too few', () => {
  near(of(0.09, 0.09, 0.25, 1, 4), 2);
  assert.ok(Number.isNaN(of(0.09, 0.5, 1)));
  assert.ok(Number.isNaN(of()));
});

test('a cost that falls beyond a bound is measured up to the bound', () => {
  near(of(0.25, 1, 4, 16, 0.2, 0.2), 2);
});
