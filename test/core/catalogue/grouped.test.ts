import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { grouped } from '../../../core/catalogue/grouped.ts';

test('a number is grouped as toLocaleString groups it', () => {
  const numbers = fc.oneof(fc.integer({ min: 0, max: 9_999_999 }), fc.maxSafeInteger(), fc.double());
  fc.assert(fc.property(numbers, (number) => assert.equal(grouped(number), number.toLocaleString('en-US'))));
});
