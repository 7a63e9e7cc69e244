import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { mendedName } from '../../../core/mend/names.ts';
import { cleanPath, HOLDS, PathSet, resolvedPath } from '../../../core/tar/paths.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { fc } from '../../support/properties.ts';

/** What `cleanPath` is to return, and if `resolves` is true, `resolvedPath`; computed in the most obvious way. */
function expected(name: string, resolves: boolean): string {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (resolves && part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

test('a name is cleaned, and `..` is resolved within the root', () => {
  const part = fc.constantFrom('', '.', '..', '...', '.a', 'a', 'bc', 'a.', '\xff');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const name = parts.join('/');
      assert.equal(cleanPath(name), expected(name, false), name);
      assert.equal(resolvedPath(name), expected(name, true), name);
    }),
  );
});

test('a name that no engine can unpack is cut instead of cleaned, and not mended', () => {
  const longest = `${'./'.repeat(LIMITS.pathBytes / 2 - 1)}ab`;
  assert.equal(cleanPath(longest), 'ab');
  assert.equal(resolvedPath(`${'a/../'.repeat(800)}b`), 'b');
  for (const name of [`./${longest}`, `${'a/../'.repeat(200_000)}b`]) {
    assert.equal(cleanPath(name).length, LIMITS.pathBytes + 1);
    assert.equal(resolvedPath(name).length, LIMITS.pathBytes + 1);
    assert.equal(mendedName(name, ''), name);
    assert.equal(mendedName(name, 'a'), name);
  }
});

test('names of a megabyte cost next to nothing, however many components they have', () => {
  const name = `${'./'.repeat(2 ** 19)}x`;
  const seconds = cpuSeconds();
  for (let i = 0; i < 250; i++) {
    cleanPath(name);
    resolvedPath(name);
  }
  const took = seconds();
  assert.ok(took < 1, `${took} s`);
});

/** Pairs of texts that, one behind the other, all lead to the same state of the lower hash of a path. */
const ALIKE = `gwzx16cd yyao1kia${' g3zx1pad epvu33ea zwfo2uja'.repeat(3)}`.split(' ');

test('paths that were chosen so that their hashes are alike are refused, before a look-up takes long', () => {
  const chosen = Array.from({ length: 2 ** ALIKE.length }, (_, i) =>
    ALIKE.map((pair, bit) => ((i >> bit) & 1 ? pair.slice(4) : pair.slice(0, 4))).join(''),
  );
  const set = new PathSet();
  assert.throws(() => chosen.forEach((path) => set.put(path, HOLDS.other)), /hashes are nearly the same/);
});

test('no honest set of paths comes near the limit on paths whose hashes are alike', () => {
  const set = new PathSet();
  for (let i = 0; i < 1_000_000; i++) set.put(`usr/share/${i % 1000}/${i}`, HOLDS.other);
  assert.equal(set.get('usr/share/0/0'), HOLDS.other);
});
