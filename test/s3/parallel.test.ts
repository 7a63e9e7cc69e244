import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { atMost } from '../../s3/parallel.ts';

test('at most the stated number of works is under way, in the order in which they came', async () => {
  const run = atMost(3);
  const begun: number[] = [];
  let [now, most] = [0, 0];
  const works = Array.from({ length: 10 }, (_, index) =>
    run(async () => {
      begun.push(index);
      most = Math.max(most, (now += 1));
      await setImmediate();
      now -= 1;
    }),
  );
  await Promise.all(works);
  assert.deepEqual([most, begun], [3, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
});

test('after a failure nothing is begun that waits', async () => {
  const run = atMost(2);
  const begun: number[] = [];
  const works = Array.from({ length: 10 }, (_, index) =>
    run(async () => {
      begun.push(index);
      await setImmediate();
      if (index === 0) throw new Error('refused');
    }),
  );
  const ends = await Promise.allSettled(works);
  assert.deepEqual(begun, [0, 1]);
  assert.deepEqual(
    ends.filter(({ status }) => status === 'rejected'),
    [ends[0]],
  );
});
