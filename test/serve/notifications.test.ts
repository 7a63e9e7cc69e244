import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../core/limits.ts';
import { listen, type Listening } from '../../serve/notifications.ts';
import { shut } from '../support/loopback.ts';

const SECRET = 'sesame, open 1+1';

async function door(t: TestContext, more: Partial<Listening> = {}) {
  const keys: string[] = [];
  const strangers: string[] = [];
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    secret: SECRET,
    onNotice: ({ key }) => keys.push(key),
    onStranger: (address) => strangers.push(address),
    health: () => ({ healthy: true }),
    ...more,
  });
  t.after(async () => await shut(server));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (path: string, body: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(base + path, { method: 'POST', body, headers })).status;
  return { base, keys, strangers, post };
}

const told = (...keys: string[]): string =>
  JSON.stringify({
    Records: keys.map((key) => ({ eventName: 'ObjectCreated:Put', s3: { bucket: { name: 'up' }, object: { key } } })),
  });

test('a notification with the secret, in any of its places, tells of its keys', async (t) => {
  const { keys, strangers, post } = await door(t);
  assert.equal(await post(`/?token=${encodeURIComponent(SECRET)}`, told('a', 'b')), 200);
  const basic = Buffer.from(`ceph:${SECRET}`).toString('base64');
  for (const authorization of [SECRET, `Bearer ${SECRET}`, `bearer ${SECRET}`, `Basic ${basic}`])
    assert.equal(await post('/any/path', told('c'), { authorization }), 200, authorization);
  assert.deepEqual([keys, strangers], [['a', 'b', 'c', 'c', 'c', 'c'], []]);
});

test('a notification without the secret is refused and tells of nothing', async (t) => {
  const { keys, strangers, post } = await door(t);
  const wrong = [`${SECRET} `, SECRET.slice(1), '', 'x'.repeat(10_000)];
  for (const word of wrong) assert.equal(await post(`/?token=${encodeURIComponent(word)}`, told('a')), 401);
  for (const authorization of ['Bearer', 'Basic', `Basic ${SECRET}`, `Bearer x${SECRET}`])
    assert.equal(await post('/', told('a'), { authorization }), 401, authorization);
  assert.deepEqual([keys, strangers.length, strangers[0]], [[], 8, '127.0.0.1']);
});

test('what is no notification is refused: no JSON, no event of S3, too large', async (t) => {
  const { keys, post } = await door(t, { secret: null });
  for (const body of ['', 'x', '[]', '{}', '{"Records": [{}]}', '{"Records": [null]}'])
    assert.equal(await post('/', body), 400, body);
  assert.equal(await post('/', told('a'.repeat(LIMITS.notificationBytes))), 413);
  assert.equal(await post('/', told('a')), 200);
  assert.deepEqual(keys, ['a']);
});

test('the health is told without the secret, and nothing else is', async (t) => {
  let healthy = true;
  const { base } = await door(t, { health: () => ({ healthy }) });
  const there = await fetch(`${base}/healthz`);
  assert.deepEqual([there.status, await there.json()], [200, { healthy: true }]);
  healthy = false;
  assert.equal((await fetch(`${base}/healthz`)).status, 503);
  assert.equal((await fetch(base)).status, 405);
});

test('a stranger is answered before the body has come', { timeout: 10_000 }, async (t) => {
  const { base } = await door(t);
  const { port } = new URL(base);
  const socket = connect(Number(port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n{');
  const [answer] = await new Promise<Buffer[]>((resolve) => socket.once('data', (chunk) => resolve([chunk])));
  assert.match(String(answer), /^HTTP\/1\.1 401 /);
});
