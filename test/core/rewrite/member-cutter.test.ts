import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemberCutter } from '../../../core/rewrite/member-cutter.ts';
import { byteString } from '../../../core/model/byte-string.ts';
import { archive } from '../../support/tar-builder.ts';

const tar = archive(Array.from({ length: 5000 }, (_, i) => ({ name: `f${i}`, body: i % 3 === 0 ? 'x' : '' })));

test('the first members of a large chunk are passed on before its last members are read', () => {
  const broken = new Uint8Array(tar);
  broken.fill(1, 1024 * 1024, 1024 * 1024 + 512);
  const cutter = new MemberCutter({ byteString });
  let seen = 0;
  assert.throws(() => {
    for (const _ of cutter.cut(broken)) seen++;
    cutter.finish();
  }, /bad|broken|header/i);
  assert.ok(seen > 1000, `${seen}`);
});

test('the pieces of an archive are its bytes, however it is divided into chunks', () => {
  for (const size of [1000, 64 * 1024, 100_000, tar.length]) {
    const cutter = new MemberCutter({ byteString });
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < tar.length; at += size)
      for (const { bytes } of cutter.cut(tar.subarray(at, at + size))) pieces.push(Buffer.from(bytes));
    assert.equal(cutter.finish(), 0);
    const joined = Buffer.concat(pieces);
    assert.ok(joined.equals(tar.subarray(0, joined.length)), `${size}`);
    assert.ok(tar.subarray(joined.length).every((byte) => byte === 0));
  }
});
