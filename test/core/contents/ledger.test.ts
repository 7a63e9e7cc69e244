import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../../core/contents/ledger.ts';
import { MergedTree } from '../../../core/files/merge.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { fc } from '../../support/properties.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';

// The account of what layers do is kept while they are merged. It must agree with the merged tree and with the layers
// themselves, whatever order, links and whiteouts they have.

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(path, fc.nat(9)).map(([at, size]) => ({ name: at, body: 'x'.repeat(size) })) },
  path.map((at) => ({ name: `${at}/`, type: '5' })),
  { weight: 2, arbitrary: fc.tuple(path, path).map(([at, linkname]) => ({ name: at, type: '1', linkname })) },
  fc.tuple(path, path).map(([at, linkname]) => ({ name: at, type: '2', linkname })),
  path.map((at) => ({ name: at.replace(/[^/]+$/, '.wh.$&') })),
  path.map((at) => ({ name: `${at}/.wh..wh..opq` })),
);

/** The contents of a tree by the place where they lie, and the paths that are no directories. */
function inside(tree: MergedTree): { bytes: number; files: Set<string> } {
  const contents = new Map<string, number>();
  const files = new Set<string>();
  for (const { path: at, file } of tree.list()) {
    if (file.type !== '5') files.add(at);
    if ((file.type === '0' || file.type === '1') && file.start >= 0)
      contents.set(`${file.layer}:${file.start}`, file.size);
  }
  return { bytes: contents.values().reduce((sum, size) => sum + size, 0), files };
}

test('the bytes of all layers are those of the merged tree and the wasted ones, and the changes lead from tree to tree', () => {
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 8 }), { minLength: 1, maxLength: 4 }), (layers) => {
      const ledger = new Ledger();
      const tree = new MergedTree({ whiteouts: 'applied', observer: ledger });
      const trees = layers.map((entries) => {
        tree.startLayer();
        const scanner = new TarScanner({ member: (member) => (tree.add(member), 0), body() {} });
        scanner.push(archive(entries));
        scanner.finish();
        return inside(tree);
      });
      const stored = ledger.layers.reduce((sum, { bytes }) => sum + bytes, 0);
      assert.equal(stored - ledger.wasted.bytes, trees.at(-1)?.bytes);
      for (const [at, { added, deleted }] of ledger.layers.entries()) {
        const [before, after] = [trees[at - 1]?.files ?? new Set(), trees[at]?.files ?? new Set()];
        assert.equal(added.files, after.difference(before).size, `added by layer ${at}`);
        assert.equal(deleted.files, before.difference(after).size, `deleted by layer ${at}`);
      }
    }),
    { numRuns: 1000 },
  );
});
