import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shown } from '../../../serve/board.ts';
import { serveBuckets } from '../../../serve/buckets.ts';
import { exported, folder, run, start } from '../../cli/kit.ts';
import { S3StandIn } from '../../support/s3-standin.ts';
import { ask, begun, patch, TOKEN } from './kit.ts';

/** Everything that a listener is told, as event and data. */
function told(t: TestContext, base: string) {
  const events: { event: string; data: unknown }[] = [];
  const stop = new AbortController();
  t.after(() => stop.abort());
  const reading = (async () => {
    let text = '';
    const { body } = await fetch(`${base}/live`, { signal: stop.signal });
    for await (const chunk of body ?? []) {
      text += Buffer.from(chunk).toString();
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const each of whole) {
        const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(each) ?? [];
        events.push({ event, data: JSON.parse(data) });
      }
    }
  })().catch(() => undefined);
  const states = (key: string): string[] => {
    const ofKey = events
      .flatMap(({ event, data }) => (event === 'upload' ? [data as Shown] : []))
      .filter((each) => each.key === key);
    return ofKey.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1]);
  };
  const last = async (key: string, state: string): Promise<Shown> => {
    for (;;) {
      const found = events.findLast(({ event, data }) => event === 'upload' && (data as Shown).key === key);
      if ((found?.data as Shown | undefined)?.state === state) return found?.data as Shown;
      await sleep(20);
    }
  };
  return { events, states, last, reading };
}

async function uploaded(base: string, key: string, bytes: Buffer, options: object): Promise<void> {
  const address = await begun(base, key, bytes.length);
  await ask(`${address}/options`, {}, { method: 'PUT', body: JSON.stringify(options) });
  const half = Math.floor(bytes.length / 2);
  assert.equal((await patch(address, 0, bytes.subarray(0, half))).status, 204);
  assert.equal((await patch(address, half, bytes.subarray(half))).status, 204);
}

describe('the command with a page', () => {
  const given = async (t: TestContext, ...flags: string[]) => {
    const path = await folder(t);
    const [up, down] = [join(path, 'up'), join(path, 'down')];
    await mkdir(up);
    const child = start(t, ['serve', up, down, '--http', '127.0.0.1:0', ...flags]);
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!/ on http:\S+\n/.test(said)) await sleep(20);
    const [base = ''] = /http:\S+/.exec(said) ?? [];
    return { path, up, down, child, base, log: () => said };
  };

  test('what is uploaded through it becomes what the command line makes of it, and is shown on the way', async (t) => {
    const { path, up, down, child, base } = await given(t);
    const live = told(t, base);
    const bytes = await exported(3_000_000);
    const options = { name: ['app:1'], change: ['USER web'] };
    await uploaded(base, 'team/app.tar', bytes, options);
    await uploaded(base, 'notes.txt', Buffer.from('no archive\n'), {});
    const done = await live.last('team/app.tar', 'converted');
    assert.deepEqual(live.states('team/app.tar'), ['waiting', 'reading', 'converting', 'converted']);
    assert.deepEqual([done.image?.names, done.report], [['docker.io/library/app:1'], false]);
    const image = await ask(`${base}/results/image.tar?key=team%2Fapp.tar`);
    await uploaded(base, 'files.tar', bytes, { as: 'rootfs' });
    const { image: files } = await live.last('files.tar', 'converted');
    assert.equal((await ask(`${base}/results/${files?.file}?key=files.tar`)).body.length, files?.size);
    await writeFile(join(path, 'app.tar'), bytes);
    const converted = await run(['convert', join(path, 'app.tar'), '-t', 'app:1', '-c', 'USER web']);
    assert.ok(image.body.equals(converted.bytes));
    const refused = await live.last('notes.txt', 'refused');
    const manifest = JSON.parse((await ask(`${base}/results/manifest.json?key=notes.txt`)).body.toString());
    assert.deepEqual([refused.summary?.en, refused.summary?.zh], [manifest.summary, manifest.zh.summary]);
    assert.equal(refused.remedy?.en, manifest.findings[0].remedy);
    await begun(base, 'unfinished.tar', 100);
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    assert.deepEqual([await ended, await live.reading], [[0, null], undefined]);
    const left = [...(await readdir(up, { recursive: true })), ...(await readdir(down, { recursive: true }))];
    assert.deepEqual(
      left.filter((name) => name.includes('lading-part') || name.includes('unfinished')),
      [],
    );
    const again = await given(t);
    await writeFile(join(again.up, 'later.tar'), bytes);
    await told(t, again.base).last('later.tar', 'converted');
  });

  test('with a token file, it is for those who know the token, and never in the log', async (t) => {
    const file = join(await folder(t), 'token');
    await writeFile(file, `${TOKEN}\n`);
    const { base, log } = await given(t, '--token-file', file);
    assert.equal((await ask(`${base}/uploads`)).status, 401);
    assert.equal((await ask(`${base}/uploads`, { authorization: `Bearer ${TOKEN}` })).status, 200);
    assert.ok(!log().includes(TOKEN));
  });
});

test('an address that others can reach needs a token, and a token needs an address', async (t) => {
  const path = await folder(t);
  for (const places of [
    [path, join(path, '../results')],
    ['s3://up', 's3://down'],
  ])
    for (const [flags, message] of [
      [['--http', '0.0.0.0:0'], /without a token/],
      [['--http', '[::]:0'], /without a token/],
      [['--http', 'lading.example:80'], /without a token/],
      [['--http', '8080'], /'8080' is no address/],
      [['--token-file', '/dev/null'], /is for the page of --http/],
      [['--http', '127.0.0.1:0', '--token-file', '/dev/null'], /fewer than 16 characters/],
    ] as const) {
      const { code, stderr } = await run(['serve', ...places, ...flags]);
      assert.equal(code, 2, flags.join(' '));
      assert.match(stderr, message);
    }
});

test('over two buckets: from the upload through the page to the image from the page', async (t) => {
  const standIn = new S3StandIn();
  await standIn.startForProcess();
  t.after(async () => await standIn.stop());
  const buckets = { uploads: 'up', results: 'down' };
  for (const name of Object.values(buckets)) standIn.model.createBucket(name);
  standIn.model.put('up', 'before.tar', await exported(), { contentType: '', metadata: {} });
  const log: string[] = [];
  const stop = new AbortController();
  t.after(() => stop.abort());
  const ended = serveBuckets({
    buckets,
    listen: null,
    http: { host: '127.0.0.1', port: 0, token: null },
    secret: null,
    atOnce: 2,
    listEvery: 100_000,
    once: false,
    version: '0.0.0',
    say: async (line) => void log.push(line),
    env: { S3_PATH_STYLE: 'true' },
    signal: stop.signal,
  });
  while (!log.some((line) => line.startsWith('Showing'))) await sleep(10);
  const [base = ''] = /http:\S+/.exec(log.find((line) => line.startsWith('Showing')) ?? '') ?? [];
  const live = told(t, base);
  await live.last('before.tar', 'converted');
  const bytes = await exported(100_000);
  await uploaded(base, 'app.tar', bytes, { name: ['app:1'] });
  await live.last('app.tar', 'converted');
  assert.deepEqual(live.states('app.tar'), ['waiting', 'reading', 'converting', 'converted']);
  const path = await folder(t);
  await writeFile(join(path, 'app.tar'), bytes);
  const converted = await run(['convert', join(path, 'app.tar'), '-t', 'app:1']);
  const image = await ask(`${base}/results/image.tar?key=app.tar`, { range: 'bytes=1000-' });
  assert.ok(image.body.equals(converted.bytes.subarray(1000)));
  await begun(base, 'unfinished.tar', 100);
  stop.abort();
  assert.equal(await ended, 0);
  assert.deepEqual(standIn.model.unfinished('up'), []);
});
