import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { folder, run } from '../kit.ts';

const BUCKETS = ['s3://uploads', 's3://results'];

test('wrong settings of the service over buckets are refused before anything is asked of the store', async (t) => {
  const short = join(await folder(t), 'short');
  await writeFile(short, 'too short\n');
  const cases: [string[], RegExp][] = [
    [['s3://uploads', 'results'], /^results is no bucket/],
    [['s3://uploads', 's3://results/folder'], /^s3:\/\/results\/folder is no bucket/],
    [['s3://one', 's3://one/'], /same bucket/],
    [[...BUCKETS, '--listen', '8099'], /'8099' is no address/],
    [[...BUCKETS, '--listen', 'localhost:99999'], /no address/],
    [[...BUCKETS, '--at-once', '0'], /whole number from 1 to 64/],
    [[...BUCKETS, '--list-every', '1.5'], /whole number/],
    [[...BUCKETS, '--secret-file', short], /fewer than 16 characters/],
    [['up', 'down', '--at-once', '3'], /--at-once is for buckets/],
  ];
  for (const [argv, message] of cases) {
    const { code, stderr } = await run(['serve', ...argv]);
    assert.equal(code, 2, argv.join(' '));
    assert.match(stderr, message);
  }
  const { code, stderr } = await run(['serve', ...BUCKETS, '--secret-file', '/nowhere/at/all']);
  assert.deepEqual([code, stderr], [4, 'Cannot read /nowhere/at/all: there is no such file.\n']);
});

test('an empty LADING_SECRET is no secret, and a short one is refused', async () => {
  const listen = ['serve', ...BUCKETS, '--listen', '0.0.0.0:1'];
  const empty = await run(listen, { env: { LADING_SECRET: '' } });
  assert.match(empty.stderr, /without a secret/);
  const short = await run(listen, { env: { LADING_SECRET: 'too short' } });
  assert.match(short.stderr, /fewer than 16 characters/);
  assert.deepEqual([empty.code, short.code], [2, 2]);
});

test('only an address of this machine may be listened on without a secret', async () => {
  for (const address of [
    '0.0.0.0:1',
    '[::]:1',
    '192.0.2.1:1',
    '128.0.0.1:1',
    'example.test:1',
    '[::ffff:192.0.2.1]:1',
  ]) {
    const { code, stderr } = await run(['serve', ...BUCKETS, '--listen', address]);
    assert.equal(code, 2, address);
    assert.match(stderr, /without a secret/);
  }
});
