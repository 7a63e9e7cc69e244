import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemberFaults } from '../../../core/layer/member-faults.ts';
import { LayerRules } from '../../../core/layer/layer-rules.ts';
import type { Member } from '../../../core/tar/member.ts';
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

test('a finding about members is made when it is read, because there can be thousands of layers with faults', () => {
  const faults = new MemberFaults();
  let made = 0;
  const layer = archive([{ name: 'f' }, { name: 'g' }]);
  const member = (found: Member) => (faults.add('odd-member-type', found, () => ({ type: `Z${++made}` })), 0);
  new TarScanner({ member, body() {} }).push(layer);
  assert.equal(made, 0);
  const [one, ...others] = faults.findings;
  assert.deepEqual([one?.member, one?.count, others, made], ['f', 2, [], 1]);
  assert.equal(faults.of('odd-member-type'), one);
  assert.equal(faults.of('no-name'), null);
});
