import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeJson, size } from '../../cli/print/text.ts';
import { printable, roughly, shellWord } from '../../core/page/text.ts';
import { fc } from '../support/properties.ts';

const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test('characters that move the cursor, forge a line or change the direction of writing are escaped', () => {
  assert.equal(printable('a\u001b[31mb\nc\u202edc.exe\u0085'), String.raw`a\x1b[31mb\x0ac\u{202e}dc.exe\x85`);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !HARMFUL.test(printable(text))));
});

test('readable names stay as they are, in any script', () => {
  for (const name of ['usr/bin/[', 'größe.txt', '日本語', 'naïve 🙂'] as const) assert.equal(printable(name), name);
});

test('safe JSON has the same meaning and holds no harmful characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = safeJson({ [text]: text });
      assert.deepEqual(JSON.parse(json), { [text]: text });
      assert.doesNotMatch(json.replaceAll('\n', ''), HARMFUL);
    }),
  );
});

test('sizes are shown as Docker shows them, and as exact bytes', () => {
  assert.equal(size(1), '1 byte');
  assert.equal(size(999), '999 bytes');
  assert.equal(size(12_345_678), '12.3 MB (12,345,678 bytes)');
  assert.deepEqual([999_499, 999_500, 250e6, 5e12].map(roughly), ['999 kB', '1.0 MB', '250 MB', '5.0 TB']);
});

test('a word for the shell is quoted when it must be', () => {
  assert.equal(shellWord('team/app.tar.gz'), 'team/app.tar.gz');
  assert.equal(shellWord("it's $HOME"), String.raw`'it'\''s $HOME'`);
});
