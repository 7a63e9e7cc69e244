import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LayerRules } from '../../../core/layer/layer-rules.ts';
import { cleanPath } from '../../../core/tar/paths.ts';
import { TarScanner } from '../../../core/tar/tar.ts';
import { archive } from '../../support/tar-builder.ts';

test('a layer with few members takes no memory beside the heap of V8, because there can be thousands of them', () => {
  const layer = archive([{ name: 'd/', type: '5' }, { name: 'd/f' }, { name: 'd/g' }]);
  const before = process.memoryUsage().arrayBuffers;
  const all = Array.from({ length: 1000 }, () => {
    const rules = new LayerRules('layer');
    const scanner = new TarScanner({ member: (member) => (rules.check(member, cleanPath(member.name)), 0), body() {} });
    scanner.push(layer);
    return { rules, scanner };
  });
  const taken = process.memoryUsage().arrayBuffers - before;
  assert.ok(taken < 1000 * 64, `${taken} bytes for ${all.length} layers`);
});
