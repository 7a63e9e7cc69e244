import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Order, orderOf, type UploadStamp } from '../../../core/service/event-order.ts';
import { fc } from '../../support/properties.ts';

const stamp = (versionId: string | null, etag: string, sequencer: string | null): UploadStamp => {
  return { versionId, etag, sequencer };
};

test('sequencers are compared as numbers, whatever their length and case', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 80n }), fc.bigInt({ min: 0n, max: 2n ** 80n }), (a, b) => {
      const [one, other] = [a.toString(16), `00${b.toString(16).toUpperCase()}`];
      const expected: Order = a < b ? 'older' : a > b ? 'newer' : 'unknown';
      assert.equal(orderOf(stamp('v1', 'e', one), stamp('v2', 'e', other)), expected);
    }),
  );
});

test('an upload is identified by its version or, without versions, by ETag and sequencer', () => {
  const cases: [UploadStamp, UploadStamp, Order][] = [
    [stamp('v1', 'e', '0A'), stamp('v1', 'e', null), 'same'],
    [stamp(null, 'e', '0A'), stamp(null, 'e', '0a'), 'same'],
    [stamp(null, 'e', null), stamp(null, 'e', '0A'), 'same'],
    [stamp(null, 'e', '0A'), stamp(null, 'e', '0B'), 'older'],
    // When versioning is suspended, all uploads have the version `null`.
    [stamp('null', 'e', '0A'), stamp('null', 'f', '0B'), 'older'],
    [stamp('null', 'e', null), stamp('null', 'f', null), 'unknown'],
    [stamp(null, 'e', null), stamp(null, 'f', '0B'), 'unknown'],
    [stamp('v1', 'e', null), stamp('v2', 'e', null), 'unknown'],
    [stamp('v1', 'e', '0A'), stamp('v2', 'e', '0A'), 'unknown'],
  ];
  for (const [one, other, expected] of cases) {
    assert.equal(orderOf(one, other), expected, JSON.stringify([one, other]));
    const inverse = { older: 'newer', newer: 'older', same: 'same', unknown: 'unknown' } as const;
    assert.equal(orderOf(other, one), inverse[expected]);
  }
});
