import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTime } from '../../../core/model/time.ts';

test('each day of 400 years is one if the calendar has it, without asking a Date for a day that there is not', (t) => {
  // Browsers disagree about such a day: some throw.
  t.mock.method(Date.prototype, 'toISOString', () => assert.fail('asked a Date'));
  for (let year = 1900; year < 2300; year++) {
    for (let month = 1; month <= 12; month++) {
      const days = new Date(Date.UTC(year, month, 0)).getUTCDate();
      for (let day = 28; day <= 31; day++) {
        const text = `${year}-${String(month).padStart(2, '0')}-${day}T00:00:00Z`;
        assert.equal(isTime(text), day <= days, text);
      }
    }
  }
});

test('the year 0 is a leap year, as it is for Go', () => {
  assert.deepEqual([isTime('0000-02-29T00:00:00Z'), isTime('0001-02-29T00:00:00Z')], [true, false]);
});
