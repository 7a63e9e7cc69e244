import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KnownUploads, markOf } from '../../serve/known.ts';

test('what was added last is known, what was never added is not, and the memory does not grow', () => {
  const known = new KnownUploads(8);
  const marks = Array.from({ length: 1000 }, (_, at) => markOf(['key', at]));
  for (const mark of marks) {
    assert.ok(!known.has(mark));
    known.add(mark);
    assert.ok(known.has(mark));
  }
  assert.ok(marks.filter((mark) => known.has(mark)).length <= 8);
});

test('an upload has another mark as soon as anything that a listing tells of it differs', () => {
  const told: (string | number)[][] = [
    ['a', 'e', 1, 2],
    ['a', 'e', 1, 3],
    ['a', 'e', 12, 3],
    ['a', 'f', 1, 2],
    ['ae', '', 1, 2],
  ];
  assert.equal(new Set(told.map(markOf)).size, told.length);
});
