import assert from 'node:assert/strict';
import { isUtf8 as nativeIsUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { concat, copied, finder } from '../../../core/model/byte-arrays.ts';
import { byteString, bytesOf } from '../../../core/model/byte-string.ts';
import { fromBase64, fromHex, toBase64, toHex } from '../../../core/model/hex-and-base64.ts';
import { sha256Hex } from '../../../core/model/sha256.ts';
import { fromUtf8, isUtf8, utf8, utf8Length } from '../../../core/model/utf8.ts';
import { fc } from '../../support/properties.ts';

// The core has no Buffer. What it does with bytes and texts must give what Node's Buffer gives.

/** Bytes that are often, but not always, text: ASCII, valid UTF-8 and anything. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }).map((text) => new Uint8Array(Buffer.from(text))),
  fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((text) => new Uint8Array(Buffer.from(text))),
  fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 3 }), fc.string({ unit: 'grapheme' }))
    .map(([one, wrong, two]) => new Uint8Array(Buffer.concat([Buffer.from(one), wrong, Buffer.from(two)]))),
);
/** Texts with halves of surrogate pairs among their characters. */
const text = fc.string({
  unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.constantFrom('\ud800', '\udc00')),
});

test('byte strings have one character for each byte, and become these bytes again', () => {
  fc.assert(
    fc.property(bytes, fc.nat(220), fc.nat(220), (given, start, end) => {
      const buffer = Buffer.from(given);
      assert.equal(byteString(given), buffer.toString('latin1'));
      assert.equal(byteString(given, start, end), buffer.toString('latin1', start, end));
      assert.deepEqual(Buffer.from(bytesOf(byteString(given))), buffer);
    }),
  );
});

test('a long byte string has all its characters, of one byte each', () => {
  for (const length of [4095, 4096, 4097, 100_000]) {
    const given = Uint8Array.from({ length }, (_, at) => at % 251);
    assert.equal(byteString(given), Buffer.from(given).toString('latin1'));
  }
});

test('UTF-8 is recognised, read, written and measured as Buffer does it', () => {
  fc.assert(
    fc.property(bytes, (given) => {
      assert.equal(isUtf8(given), nativeIsUtf8(given));
      assert.equal(fromUtf8(given), Buffer.from(given).toString());
    }),
  );
  fc.assert(
    fc.property(text, (given) => {
      assert.deepEqual(Buffer.from(utf8(given)), Buffer.from(given));
      assert.equal(utf8Length(given), Buffer.byteLength(given));
    }),
  );
  assert.equal(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});

test('hex and base64 are read and written as Buffer does it', () => {
  const letters = fc.string({
    unit: fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '+', '/', '-', '_', '=', ' ', '\n', '.'),
  });
  fc.assert(
    fc.property(bytes, letters, (given, base64) => {
      assert.equal(toHex(given), Buffer.from(given).toString('hex'));
      assert.deepEqual(fromHex(toHex(given)), new Uint8Array(given));
      assert.equal(toBase64(given), Buffer.from(given).toString('base64'));
      assert.deepEqual(Buffer.from(fromBase64(base64)), Buffer.from(base64, 'base64'));
    }),
  );
});

test('bytes are found and put together as Buffer does it', () => {
  const few = fc.uint8Array({ max: 2, maxLength: 40 });
  const wanted = fc.uint8Array({ max: 2, minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(few, wanted, fc.nat(45), (given, part, from) => {
      assert.equal(finder(part)(given, from), Buffer.from(given).indexOf(part, from));
      assert.deepEqual(Buffer.from(concat([given, part, given])), Buffer.concat([given, part, given]));
    }),
  );
});

test('a copy of a Buffer has memory of its own', () => {
  const buffer = Buffer.from('abc');
  const copy = copied(buffer);
  buffer[0] = 0;
  assert.deepEqual(copy, Uint8Array.of(0x61, 0x62, 0x63));
});

test('the sha256 of some bytes is that of node:crypto', () => {
  fc.assert(
    fc.property(bytes, (given) => assert.equal(sha256Hex(given), createHash('sha256').update(given).digest('hex'))),
  );
});
