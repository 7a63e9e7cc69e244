import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOf, compareVersions, type Outcome, outcomeOf } from '../../../core/clients/outcome.ts';
import { about, type Rule, type Seen } from '../../../core/clients/rule.ts';

const list = { images: 1, names: [], faults: [] };
const shape = { folder: '', prefix: '', docker: list, oci: null, legacy: null, faults: [] } as const;
const seen: Seen = { compression: 'none', inside: null, shape: { ...shape, faults: [] }, list };

const rule = (en: string, more: Partial<Rule> = {}): Rule => about(['crane'], () => true, en, `${en}。`, more);

function outcome(...rules: Rule[]): string {
  return shown(outcomeOf(rules, 'crane', seen));
}

function shown({ loads, since, before, why }: Outcome): string {
  return `${loads} [${since ?? ''},${before ?? ''}) ${why?.en ?? ''}`;
}

test('a rule stops every version, the versions before one, the versions from one on, or none', () => {
  assert.equal(outcome(), 'true [,) ');
  assert.equal(outcome(rule('a')), 'false [,) a');
  assert.equal(outcome(rule('a', { until: '1.10' })), 'true [1.10,) a');
  assert.equal(outcome(rule('a', { from: '29' })), 'true [,29) a');
  assert.equal(outcome(rule('a', { effect: 'note' })), 'true [,) a');
  assert.equal(outcome(rule('a', { effect: 'unknown' })), 'null [,) a');
});

test('several rules together allow the narrowest range of versions, and an empty range is a refusal', () => {
  const early = [rule('a', { until: '1.9' }), rule('b', { until: '1.10' })];
  assert.equal(outcome(...early, rule('c', { from: '29' }), rule('d', { from: '28.5.2' })), 'true [1.10,28.5.2) b; d');
  assert.equal(outcome(...early, rule('c', { from: '1.10.0' })), 'false [,) b; c');
  assert.equal(outcome(rule('n', { effect: 'note' }), ...early), 'true [1.10,) b');
});

test('a refusal outweighs an unknown verdict, and an unknown verdict outweighs a range of versions', () => {
  const unknown = rule('u', { effect: 'unknown' });
  assert.equal(outcome(rule('a', { until: '2' }), unknown, rule('b')), 'false [,) b');
  assert.equal(outcome(rule('a', { until: '2' }), unknown), 'null [,) u');
});

test('of several ways to read an archive, the one that works in every version counts', () => {
  const [all, some, unknown, none] = [
    outcomeOf([], 'crane', seen),
    outcomeOf([rule('s', { until: '2' })], 'crane', seen),
    outcomeOf([rule('u', { effect: 'unknown' })], 'crane', seen),
    outcomeOf([rule('n')], 'crane', seen),
  ];
  assert.equal(bestOf([none, unknown, some, all]), all);
  assert.equal(bestOf([none, unknown, some]), some);
  assert.equal(bestOf([none, unknown]), unknown);
  assert.equal(bestOf([none]), none);
  assert.equal(bestOf([]), undefined);
});

test('versions are compared number by number', () => {
  for (const [one, two, sign] of [
    ['1.9', '1.10', -1],
    ['28', '28.0.0', 0],
    ['28.5.2', '28.5', 1],
    ['4.10.2', '29', -1],
    ['28.5.2+dfsg4', '28.5.2', 0],
    ['29.0.0-beta.24', '28.5.2', 1],
  ] as const)
    assert.equal(Math.sign(compareVersions(one, two)), sign, `${one} and ${two}`);
});
