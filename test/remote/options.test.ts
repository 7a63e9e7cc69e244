import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMetadata, asSidecar } from '../../remote/options.ts';
import { mergeOptions } from '../../core/options/options.ts';
import { NO_OPTIONS, OPTION_LIST, type RawOptions } from '../../core/options/table.ts';
import { isSidecar } from '../support/manifest-schema.ts';
import { fc } from '../support/properties.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('=?UTF-8?B?w6k=?=', 'a =?utf-8?q?=C3?= b', ' blank ', '', 'a\nb', '["a"]', 'x'.repeat(2100)),
);
const options: fc.Arbitrary<RawOptions> = fc.record(
  {
    name: fc.array(fc.oneof(text, fc.constantFrom('app:1', 'ghcr.io/team/app:1.2'))),
    change: fc.array(fc.oneof(text, fc.constant('CMD ["a"]'))),
    message: fc.option(text),
    platform: fc.option(text),
    inspect: fc.option(fc.json().map((json) => JSON.stringify([JSON.parse(json)]))),
    rootfs: fc.boolean(),
    image: fc.option(text),
    as: fc.option(text),
    flatten: fc.boolean(),
    squash: fc.option(text),
    compress: fc.option(text),
    mend: fc.boolean(),
    layout: fc.option(text),
  },
  { noNullPrototype: true },
);

test('options in metadata are read back as they were meant, in 2 KB of header-safe text; larger ones are not put there', () => {
  fc.assert(
    fc.property(options, (given) => {
      const metadata = asMetadata(given);
      if (metadata === null) return;
      assert.deepEqual(mergeOptions({ metadata }), { ok: true, value: given });
      const words = Object.entries(metadata).flat().join('');
      assert.match(words, /^[\x20-\x7e]*$/);
      assert.ok(words.length <= 2048);
    }),
  );
});

test('the usual options fit into metadata', () => {
  const usual = {
    ...NO_OPTIONS,
    name: ['app:1', 'ghcr.io/team/app:1.2'],
    change: ['CMD ["a", "é"]', 'ENV A=b c', 'USER 1000'],
    message: 'für 世界',
    inspect: '[{"Config":{"Cmd":["é"]}}]',
    rootfs: true,
    compress: 'gzip',
  };
  assert.notEqual(asMetadata(usual), null);
  assert.deepEqual(asMetadata(NO_OPTIONS), {});
});

test('options in a sidecar are read back as they were meant, and the sidecar replaces all metadata of the same options', () => {
  fc.assert(
    fc.property(options, (given) => {
      const sidecar = asSidecar(given);
      assert.ok(isSidecar(JSON.parse(Buffer.from(sidecar).toString())));
      assert.deepEqual(mergeOptions({ sidecar, metadata: {} }), { ok: true, value: given });
      assert.deepEqual(mergeOptions({ sidecar, metadata: asMetadata(given) ?? {} }), { ok: true, value: given });
    }),
  );
});

test('the published schema accepts exactly the sidecars that Lading accepts', () => {
  const value = fc.oneof(
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(fc.string()),
    fc.object(),
  );
  const field = fc.oneof(fc.constantFrom(...OPTION_LIST.map(([name]) => name)), fc.string());
  fc.assert(
    fc.property(fc.dictionary(field, value, { noNullPrototype: true }), (sidecar) => {
      assert.equal(isSidecar(sidecar), mergeOptions({ sidecar: JSON.stringify(sidecar), metadata: {} }).ok);
    }),
  );
});
