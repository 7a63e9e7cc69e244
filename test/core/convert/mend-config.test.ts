import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendedConfig } from '../../../core/convert/mend-config.ts';

/** The config that a conversion writes for an image without layers; it lacks the architecture, so it is written anew. */
function written(config: string): string {
  return mendedConfig({ names: [], tags: [], config, legacy: false, layers: [] }, null);
}

test('large numbers keep their digits in a config that is written anew, and strings stay strings', () => {
  const strings = [
    '\u0000123',
    '\u0000\u0000123',
    '\0',
    '"\u0000123',
    '\\"\u0000-1',
    '\\',
    '123',
    'a\u0000123"',
    '\u0000-12345678901234567890',
  ];
  const labels = Object.fromEntries(strings.map((text, i) => [text, strings.at(i - 1)]));
  const text = JSON.stringify({ os: 'linux', x: 0, strings, labels, rootfs: { type: 'layers', diff_ids: [] } });
  const config = written(text.replace('"x":0', '"x":[-12345678901234567890,1.5,12]'));
  assert.ok(config.includes('"x":[-12345678901234567890,1.5,12]'));
  const { strings: kept, labels: keptLabels, architecture } = JSON.parse(config) as Record<string, unknown>;
  assert.deepEqual([kept, keptLabels, architecture], [strings, labels, 'amd64']);
});
