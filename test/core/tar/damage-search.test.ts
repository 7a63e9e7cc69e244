import assert from 'node:assert/strict';
import { test } from 'node:test';
import { both } from '../../../core/catalogue/bilingual.ts';
import { DamageSearch } from '../../../core/tar/damage.ts';

const KiB = 1024;
const BREAK = { offset: 0, expected: 0, where: both('here', '此处'), reason: both('broken', '损坏') };

test('the search for the cause of a broken header takes about as much memory as it was given bytes', () => {
  const before = process.memoryUsage().arrayBuffers;
  const searches = Array.from({ length: 1000 }, () => new DamageSearch(BREAK, new Uint8Array(KiB)));
  const taken = process.memoryUsage().arrayBuffers - before;
  assert.equal(searches.filter(({ full }) => full).length, 0);
  assert.ok(taken < 1000 * 4 * KiB, `${taken} bytes`);
});

test('the search collects 256 KiB, in whatever chunks they come', () => {
  for (const size of [512, 100 * KiB, 1024 * KiB]) {
    const search = new DamageSearch(BREAK, new Uint8Array(100));
    let added = 100;
    for (let calls = 0; !search.full && calls < 1000; calls++) added += search.add(new Uint8Array(size));
    assert.equal(added, 256 * KiB);
    assert.equal(search.add(new Uint8Array(size)), 0);
  }
});
