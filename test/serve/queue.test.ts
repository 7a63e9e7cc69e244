import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Ended, type Work, WorkQueue } from '../../serve/queue.ts';

/** A queue whose keys end when the test says so, and what became of them. */
function watched(more: Partial<Work> = {}) {
  const begun: string[] = [];
  const failures: (number | null)[] = [];
  const marks: (bigint | null)[] = [];
  const open = new Map<string, PromiseWithResolvers<Ended>>();
  const queue = new WorkQueue({
    handle: async (key) => {
      begun.push(key);
      const end = Promise.withResolvers<Ended>();
      open.set(key, end);
      return await end.promise;
    },
    failed: async (_key, _error, pause) => void failures.push(pause),
    ended: (mark) => marks.push(mark),
    atOnce: 2,
    limit: 5,
    pauses: [1, 2],
    laterPause: 1,
    ...more,
  });
  /** Ends the work on a key as soon as it has begun. */
  const end = async (key: string, how: Ended | Error): Promise<void> => {
    while (!open.has(key)) await new Promise((resolve) => setTimeout(resolve, 1));
    const { resolve, reject } = open.get(key) ?? assert.fail();
    open.delete(key);
    if (how instanceof Error) reject(how);
    else resolve(how);
    await new Promise((next) => setImmediate(next));
  };
  return { queue, begun, failures, marks, end };
}

test('so many keys are handled at a time, each once, and in the order in which they came', async () => {
  const { queue, begun, end } = watched();
  for (const key of ['a', 'b', 'c', 'c', 'd']) assert.ok(queue.add(key, null));
  assert.deepEqual([begun, queue.running, queue.waiting], [['a', 'b'], 2, 2]);
  for (const key of ['b', 'a', 'c', 'd']) await end(key, 'done');
  assert.deepEqual(begun, ['a', 'b', 'c', 'd']);
  await queue.idle();
});

test('a key that is told of while it is handled is handled once more', async () => {
  const { queue, begun, end, marks } = watched();
  queue.add('a', 1n);
  queue.add('a', null);
  queue.add('a', null);
  await end('a', 'done');
  await end('a', 'done');
  assert.deepEqual([begun, marks], [['a', 'a'], [1n]]);
  await queue.idle();
});

test('a key that a listing shows in its new state while it is handled does not count as done in that state', async () => {
  const { queue, begun, end, marks } = watched();
  queue.add('a', 1n);
  queue.add('a', 2n);
  await end('a', 'done');
  assert.deepEqual([begun.length, marks], [2, []]);
  await end('a', 'done');
  assert.deepEqual(marks, [2n]);
});

test('a listing that shows a key in the same state while it is handled gives it no further tries', async () => {
  const { queue, begun, end, failures } = watched();
  queue.add('a', 1n);
  for (let round = 0; round < 3; round += 1) {
    while (begun.length <= round) await new Promise((resolve) => setTimeout(resolve, 1));
    queue.add('a', 1n);
    await end('a', new Error('no'));
  }
  await queue.idle();
  assert.deepEqual([begun.length, failures], [3, [1, 2, null]]);
});

test('what fails is tried again after each pause, and given up after the last', async () => {
  const { queue, begun, end, failures, marks } = watched();
  queue.add('a', 7n);
  for (let round = 0; round < 3; round += 1) await end('a', new Error('no'));
  await queue.idle();
  assert.deepEqual([begun.length, failures, marks], [3, [1, 2, null], [7n]]);
});

test('a notification of a key that waits for its next try begins anew, with all its tries', async () => {
  const { queue, begun, end, failures } = watched({ pauses: [1e9] });
  queue.add('a', null);
  await end('a', new Error('no'));
  queue.add('a', 3n);
  assert.equal(begun.length, 1, 'a listing shows what has failed, too');
  queue.add('a', null);
  assert.equal(begun.length, 2);
  await end('a', new Error('no'));
  assert.deepEqual(failures, [1e9, 1e9]);
  queue.stop();
});

test('a key with a new upload, which only a listing shows, gets all its tries', async () => {
  const { queue, begun, end, failures } = watched({ pauses: [1e9] });
  queue.add('a', 3n);
  await end('a', new Error('no'));
  queue.add('a', 3n);
  assert.equal(begun.length, 1);
  queue.add('a', 4n);
  assert.equal(begun.length, 2);
  await end('a', new Error('no'));
  assert.deepEqual(failures, [1e9, 1e9]);
  queue.stop();
});

test('what somebody else handles is looked at again, however often that takes', async () => {
  const { queue, begun, end, failures } = watched();
  queue.add('a', null);
  for (let round = 0; round < 9; round += 1) await end('a', 'later');
  await end('a', 'done');
  await queue.idle();
  assert.deepEqual([begun.length, failures], [10, []]);
});

test('a full queue refuses further keys, and room comes when few are waiting', async () => {
  const { queue, end } = watched();
  for (const key of ['a', 'b', 'c', 'd', 'e']) assert.ok(queue.add(key, null));
  assert.ok(!queue.add('f', null));
  assert.ok(queue.add('a', null), 'a key that is in the queue takes no room');
  let room = false;
  const waiting = queue.room().then(() => (room = true));
  await end('b', 'done');
  assert.ok(!room);
  await end('c', 'done');
  await waiting;
  assert.ok(queue.add('f', null));
  queue.stop();
});

test('a stopped queue starts nothing more, and is idle when what runs has ended', async () => {
  const { queue, begun, end } = watched();
  for (const key of ['a', 'b', 'c']) queue.add(key, null);
  queue.stop();
  assert.ok(!queue.add('d', null));
  const idle = queue.idle();
  await end('a', 'done');
  await end('b', 'later');
  await idle;
  assert.deepEqual(begun, ['a', 'b']);
});
