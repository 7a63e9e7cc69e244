import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { UsageError } from '../../cli/exit.ts';
import { bucketsOf, refuseIgnoredKey } from '../../cli/input/buckets.ts';
import { exported, folder, run } from './kit.ts';

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

test('a key that the service ignores is refused, where the outputs or the configuration tell of its keys', async (t) => {
  const here = await folder(t);
  const home = process.cwd();
  process.chdir(here);
  t.after(() => process.chdir(home));
  const io = { env: { XDG_CONFIG_HOME: here } };
  const handled = async (bucket: string, key: string) =>
    await refuseIgnoredKey(key, bucket, io).then(
      () => true,
      (error: unknown) => !(error instanceof UsageError),
    );
  const stack = (name: string, more = {}) => ({ UploadsBucket: name, ResultsBucket: 'r', ...more });
  const stacks = {
    A: stack('a', { UploadPrefix: 'team/' }),
    B: stack('b', { UploadSuffixes: '.tar,.tar.gz' }),
    C: stack('c'),
  };
  await writeFile('lading-outputs.json', JSON.stringify(stacks));
  await writeFile('lading.json', '{"uploads": "d", "prefix": "x/", "suffixes": [".tgz"]}');
  for (const [bucket, key, expected] of [
    ['a', 'team/app', true],
    ['a', 'app.tar', false],
    ['b', 'app.tar.gz', true],
    ['b', 'app.tgz', false],
    ['c', 'anything', true],
    ['d', 'x/app.tgz', true],
    ['d', 'x/app.tar', false],
    ['d', 'app.tgz', false],
    ['elsewhere', 'app', true],
  ] as const)
    assert.equal(await handled(bucket, key), expected, `${bucket} ${key}`);
  await assert.rejects(refuseIgnoredKey('app', 'b', io), /app: the service handles only \*\.tar or \*\.tar\.gz\./);
  await writeFile('lading-outputs.json', 'broken');
  assert.ok(await handled('a', 'app'));
});

test('an upload to a key that the service ignores sends nothing', async (t) => {
  const here = await folder(t);
  const home = process.cwd();
  process.chdir(here);
  t.after(() => process.chdir(home));
  await writeFile('lading.json', '{"uploads": "u", "results": "r", "prefix": "team/"}');
  await writeFile('app.tar', await exported());
  const { code, stderr } = await run(['upload', 'app.tar', '--wait'], { env: { XDG_CONFIG_HOME: here } });
  assert.deepEqual([code, stderr.split('\n')[0]], [2, 'Cannot upload to app.tar: the service handles only team/*.']);
});
