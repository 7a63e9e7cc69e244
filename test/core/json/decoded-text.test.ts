import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diskRemarks } from '../../../core/convert/remarks.ts';
import { decodedText } from '../../../core/json/decoded-text.ts';
import { mergeOptions, parseOptions } from '../../../core/options/options.ts';

const big = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

test('documents in UTF-8 and UTF-16 are read, with a byte order mark and without one', () => {
  const json = JSON.stringify({ name: 'web:1', message: '你好, café 🐳' });
  const ways = [Buffer.from(json), Buffer.from(json, 'utf16le'), big(json)];
  const marked = [Buffer.from(`\uFEFF${json}`), Buffer.from(`\uFEFF${json}`, 'utf16le'), big(`\uFEFF${json}`)];
  for (const bytes of [...ways, ...marked]) assert.equal(decodedText(bytes), json);
  for (const short of ['', '{', '{}', '1']) assert.equal(decodedText(Buffer.from(short)), short);
});

test('a sidecar as PowerShell writes it, with the output of docker inspect in it, is read', () => {
  const inspect = JSON.stringify([{ Id: 'a', State: {}, Config: { Cmd: ['nginx'] } }]);
  const sidecar = JSON.stringify({ name: 'web:1', inspect });
  for (const bytes of [Buffer.from(`\uFEFF${sidecar}`, 'utf16le'), big(sidecar), Buffer.from(sidecar)]) {
    const options = mergeOptions({ metadata: {}, sidecar: bytes });
    assert.ok(options.ok);
    const request = parseOptions(options.value, 'web.tar');
    assert.ok(request.ok);
    assert.deepEqual([request.value.names[0]?.familiar, request.value.config.Cmd], ['web:1', ['nginx']]);
  }
});

test('the disk space of a gzip layer counts both its stored size and its unpacked size', () => {
  const sums = (size: number) => ({ size, digest: `sha256:${'0'.repeat(64)}` as const, crc32: 0 });
  const root = { content: sums(9e9), images: [] };
  const said = (more: object) => diskRemarks({ ...root, ...more })[0]?.message ?? '';
  assert.match(said({}), /18\.0 GB .*9\.0 GB for the archive and 9\.0 GB for the unpacked/);
  assert.match(said({ upload: sums(3e9), cleanGzip: true }), /12\.0 GB .*3\.0 GB for the archive and 9\.0 GB/);
  assert.match(said({ upload: sums(9e9), packed: sums(4e9) }), /13\.0 GB .*4\.0 GB for the archive and 9\.0 GB/);
  assert.match(said({ upload: sums(3e9), cleanGzip: false }), /18\.0 GB/);
});
