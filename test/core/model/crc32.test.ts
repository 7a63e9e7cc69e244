import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { combineCrc32 } from '../../../core/model/crc32.ts';
import { fc } from '../../support/properties.ts';

test('the combined CRC-32 of two halves is the CRC-32 of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.uint8Array({ maxLength: 2000 }), (a, b) => {
      assert.equal(combineCrc32(crc32(a), crc32(b), b.length), crc32(Buffer.concat([a, b])));
    }),
  );
});

test('lengths beyond 32 bits give the same as several shorter lengths in turn', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2 ** 32, max: 2 ** 52 }),
      fc.integer({ min: 0, max: 2 ** 52 }),
      (crc, m, n) => {
        // Appending m and then n bytes with the CRC of no bytes is the same as appending m + n bytes.
        assert.equal(combineCrc32(combineCrc32(crc, 0, m), 0, n), combineCrc32(crc, 0, m + n));
      },
    ),
  );
});
