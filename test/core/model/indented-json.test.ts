import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactJson, indentedJson } from '../../../core/model/indented-json.ts';

test('JSON that is written piece by piece is what JSON.stringify writes', () => {
  const values: object[] = [
    {},
    [],
    { a: undefined },
    { a: { b: { c: { d: [1, { e: [] }, 'x\ny'] } } }, 'ü"': '镜像', n: null, u: undefined, t: true },
    [[[[[1, 2], {}]]], { images: [{ config: { Env: ['A=b'] } }, null] }],
  ];
  for (const value of values) {
    assert.equal(Buffer.from(indentedJson(value)).toString(), `${JSON.stringify(value, null, 2)}\n`);
    assert.equal(Buffer.from(compactJson(value)).toString(), JSON.stringify(value));
  }
});
