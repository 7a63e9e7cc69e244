import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeMembers } from '../../../core/tar/write.ts';
import { archive } from '../../support/tar-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';

test('tens of thousands of small members are written in order, in linear time', async () => {
  const members = Array.from({ length: 100_000 }, (_, i) => ({
    name: `${i}`,
    bytes: Buffer.from(i % 3 === 0 ? '' : 'x'),
  }));
  const { user } = process.cpuUsage();
  const bytes = await writeMembers(members);
  const seconds = (process.cpuUsage().user - user) / 1e6;
  assert.ok(seconds < 5, `${seconds} s`);
  const empty = Math.ceil(members.length / 3);
  assert.equal(bytes.length, 512 * (2 * members.length - empty));
  for (const [at, name] of [
    [0, '0'],
    [512, '1'],
    [bytes.length - 512, '99999'],
  ] as const)
    assert.equal(Buffer.from(bytes.subarray(at, at + name.length)).toString(), name);
  const whole = await inspectBytes(Buffer.concat([bytes, archive([])]));
  assert.equal(whole.members, members.length);
});
