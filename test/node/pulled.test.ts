import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { NativeInflate } from '../../node/inflate.ts';
import { nativeZstd } from '../../node/zstd.ts';

const content = Buffer.alloc(2 ** 22, 'content ');

const engines = {
  inflate: { engine: new NativeInflate(), packed: deflateRawSync(content) },
  zstd: { engine: nativeZstd(), packed: zstdCompressSync(content) },
};

for (const [name, { engine, packed }] of Object.entries(engines)) {
  test(`${name}: the memory of a chunk is given back when the next one is asked for`, async () => {
    let before: ArrayBufferLike | null = null;
    let size = 0;
    for await (const { buffer, length } of engine.push(packed)) {
      assert.ok(before === null || before.byteLength === 0);
      before = buffer;
      size += length;
    }
    engine.close();
    assert.equal(size, content.length);
  });
}
