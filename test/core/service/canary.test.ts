import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { canaryKey, isCanary } from '../../../core/service/canary.ts';

test('a canary is known by its key, whatever the prefix and the suffix of the service', () => {
  for (const prefix of ['', 'team/', 'team-', 'a/b'])
    for (const suffix of ['', '.tar']) {
      const key = canaryKey(randomUUID(), prefix, suffix);
      assert.ok(key.startsWith(prefix) && key.endsWith(suffix), key);
      assert.ok(isCanary(key), key);
    }
  for (const key of ['lading-canary', 'lading-canary/app.tar', `my-lading-canary/${randomUUID()}`])
    assert.ok(!isCanary(key), key);
});
