import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameList } from '../../../core/layer/name-list.ts';
import { random } from '../../support/document-maker.ts';

const SEED = 20261129;

/** Parts of names: short and long, empty, dots, and the highest character of a byte string. */
const PARTS = ['', '.', '..', 'a', 'b', 'etc', '\u0001', '\u00ff', ' ', 'x'.repeat(300)];

test('a list of names gives back the names that were added, in their order', () => {
  const uniform = random(SEED);
  const next = (bound: number): number => Math.floor(uniform() * bound);
  for (let round = 0; round < 200; round++) {
    const list = new NameList();
    const names: string[] = [];
    for (let count = next(60); count > 0; count--) {
      const parts = Array.from({ length: 1 + next(4) }, () => PARTS[next(PARTS.length)] ?? '');
      names.push(parts.join('/'));
      list.push(names.at(-1) ?? '');
    }
    assert.deepEqual([...list], names);
    assert.equal(list.length, names.length);
  }
});

test('a list of names that was cleared is as good as new', () => {
  const list = new NameList();
  for (const name of ['etc/passwd', 'etc/group']) list.push(name);
  list.clear();
  list.push('group');
  assert.deepEqual([...list], ['group']);
});
