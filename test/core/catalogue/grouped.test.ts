import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grouped } from '../../../core/catalogue/grouped.ts';
import { fc } from '../../support/properties.ts';

test('a number is grouped as toLocaleString groups it, and minus zero is written as zero', () => {
  const numbers = fc.oneof(fc.integer({ min: 0, max: 9_999_999 }), fc.maxSafeInteger(), fc.double());
  fc.assert(fc.property(numbers, (number) => assert.equal(grouped(number), (number + 0).toLocaleString('en-US'))));
});
