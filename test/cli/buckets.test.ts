import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../../cli/exit.ts';
import { bucketsOf } from '../../cli/input/buckets.ts';
import { folder } from './kit.ts';

const UNSAID = { uploads: null, results: null };

test('each bucket name comes from the first place that has it', async (t) => {
  const here = await folder(t);
  const home = process.cwd();
  process.chdir(here);
  t.after(() => process.chdir(home));
  const env: Record<string, string> = { XDG_CONFIG_HOME: join(here, 'xdg') };
  const found = async (words = UNSAID as { uploads: string | null; results: string | null }) => {
    const { uploads, results } = await bucketsOf(words, { env });
    return [uploads, results];
  };
  await assert.rejects(found(), (error) => error instanceof UsageError && /uploads bucket/.test(error.message));
  const outputs = (name: string) => ({ [name]: { UploadsBucket: `${name}-u`, ResultsBucket: `${name}-r` } });
  await writeFile('lading-outputs.json', JSON.stringify({ Other: { Url: 'x' }, ...outputs('stack') }));
  assert.deepEqual(await found(), ['stack-u', 'stack-r']);
  await mkdir('xdg/lading', { recursive: true });
  await writeFile('xdg/lading/config.json', '{"uploads": "user-u"}');
  assert.deepEqual(await found(), ['user-u', 'stack-r']);
  await writeFile('lading.json', '{"uploads": "here-u", "results": "here-r"}');
  assert.deepEqual(await found(), ['here-u', 'here-r']);
  env['LADING_RESULTS'] = 'env-r';
  assert.deepEqual(await found(), ['here-u', 'env-r']);
  assert.deepEqual(await found({ uploads: 'flag-u', results: null }), ['flag-u', 'env-r']);
});

test('a configuration that cannot be read, and outputs of two stacks, are reported as such', async (t) => {
  const here = await folder(t);
  const home = process.cwd();
  process.chdir(here);
  t.after(() => process.chdir(home));
  const env = { XDG_CONFIG_HOME: here };
  await writeFile('lading.json', '[]');
  await assert.rejects(bucketsOf(UNSAID, { env }), /lading\.json: it is not a JSON object/);
  const stack = { UploadsBucket: 'u', ResultsBucket: 'r' };
  await writeFile('lading.json', '{}');
  await writeFile('lading-outputs.json', JSON.stringify({ A: stack, B: stack }));
  await assert.rejects(bucketsOf(UNSAID, { env }), /2 stacks/);
});
