import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AssembleOptions, UploadIdentity } from '../../core/service/stores.ts';
import { around, ORIGIN, sample, type StoreHarness } from './store-kit.ts';

const MIB = 2 ** 20;

/** Tests that a write or removal happens only in place of the object that its caller expects. */
export function conditionalTests(
  harness: () => StoreHarness,
  put: (key: string, bytes: Uint8Array) => Promise<UploadIdentity>,
  {
    refusesRemovals = true,
    atomic = true,
    keepsOrigins = true,
    sizes = [1 * MIB, 12 * MIB],
  }: {
    /** False for an engine that ignores the condition of a removal. */
    refusesRemovals?: boolean;
    /** False for a store that is not meant for several writers at a time. */
    atomic?: boolean;
    /** False for a store that cannot keep the origin of a result. */
    keepsOrigins?: boolean;
    /** Sizes in bytes of the uploads whose image archives the engine commits conditionally. */
    sizes?: number[];
  },
): void {
  const result = async (key: string): Promise<string | null> => {
    const found = await harness().results.get(key);
    return found && Buffer.from(found.bytes).toString();
  };

  test('a result is put or removed only in place of the one that the caller expects', async () => {
    const { results } = harness();
    const [key, type] = ['cas/manifest.json', 'application/json'];
    assert.equal(await results.put(key, Buffer.from('1'), type, '0123456789abcdef0123456789abcdef'), false);
    assert.equal(await results.put(key, Buffer.from('one'), type, null), true);
    assert.equal(await results.put(key, Buffer.from('2'), type, null), false);
    const first = (await results.get(key))?.etag ?? '';
    assert.equal(await results.put(key, Buffer.from('other'), type, first), true);
    assert.equal(await results.put(key, Buffer.from('3'), type, first), false);
    if (refusesRemovals) assert.equal(await results.remove(key, first), false);
    assert.equal(await result(key), 'other');
    assert.equal(await results.remove(key, (await results.get(key))?.etag ?? ''), true);
    assert.equal(await result(key), null);
  });

  test('a result tells which job it comes from, where the store can keep that and the content does not', async () => {
    const { results } = harness();
    const key = 'origin/report.html';
    assert.equal(await results.put(key, Buffer.from('page'), 'text/html; charset=utf-8', null, ORIGIN), true);
    const there = await results.stat(key);
    assert.deepEqual([there?.size, there?.origin], [4, keepsOrigins ? ORIGIN : null]);
  });

  if (atomic)
    test('when several callers put at the same time, one succeeds', async () => {
      for (const round of ['a', 'b', 'c']) {
        const key = `race-${round}/manifest.json`;
        const write = (each: number) => harness().results.put(key, Buffer.from(String(each)), 'text/plain', null);
        const won = await Promise.all(Array.from({ length: 8 }, (_, each) => write(each)));
        assert.deepEqual(won.filter(Boolean), [true]);
        assert.equal(await result(key), String(won.indexOf(true)));
      }
    });

  test('an image archive appears only in place of what was expected at the end, and tells which job it comes from', async () => {
    const { results } = harness();
    for (const size of sizes) {
      const key = `commit-${size}/image.tar`;
      const bytes = sample(size);
      const identity = await put(`commit-${size}`, bytes);
      const { made } = around(bytes);
      const assemble = (ready: AssembleOptions['ready']) =>
        results.assemble(key, made, identity, { origin: ORIGIN, ready });
      assert.equal(await assemble(async () => null), null);
      assert.equal(await results.stat(key), null);
      assert.ok((await assemble(async () => ({ expected: null }))) !== null);
      const there = await results.stat(key);
      assert.equal(there?.size, made.size);
      if (there?.origin !== null) assert.deepEqual(there?.origin, ORIGIN);
      assert.equal(await assemble(async () => ({ expected: null })), null);
      assert.equal(await assemble(async () => ({ expected: '0123456789abcdef0123456789abcdef' })), null);
      assert.ok((await assemble(async () => ({ expected: there?.etag ?? null }))) !== null);
    }
  });
}
