import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { OPTION_LIST } from '../../../core/options/table.ts';
import { openDoor } from '../../../serve/http/server.ts';
import { shut } from '../../support/loopback.ts';
import { ask, begun, givenSite, TOKEN, TUS, wire } from './kit.ts';

const EVERYTHING: [string, string][] = [
  ['GET', '/'],
  ['GET', '/app.js'],
  ['GET', '/uploads'],
  ['GET', '/options'],
  ['GET', '/live'],
  ['GET', '/results/manifest.json?key=a'],
  ['POST', '/uploads'],
  ['HEAD', '/uploads/0'],
  ['PATCH', '/uploads/0'],
  ['PUT', '/uploads/0/options'],
  ['DELETE', '/uploads/0'],
  ['OPTIONS', '/uploads'],
  ['POST', '/login'],
  ['POST', '/logout'],
];

test('a page of another site reaches nothing: not by its name, its origin, or what its browser says of it', async (t) => {
  const { base, port } = await givenSite(t);
  const own = `127.0.0.1:${port}`;
  const foreign: Record<string, string>[] = [
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
    { host: `127.0.0.1.evil.example:${port}` },
    { host: `127.0.0.1:${port}@evil.example` },
    { origin: 'http://evil.example' },
    { origin: 'null' },
    { origin: `http://127.0.0.1:${port + 1}` },
    { origin: `http://localhost:${port}` },
    { origin: `http://${own}.evil.example` },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
  ];
  for (const headers of foreign)
    for (const [method, path] of EVERYTHING) {
      const { status, headers: answer } = await ask(base + path, { host: own, ...headers }, { method });
      assert.equal(status, 403, `${method} ${path} ${JSON.stringify(headers)}`);
      assert.ok(!Object.keys(answer).some((name) => name.startsWith('access-control-')));
    }
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  assert.equal((await ask(base, link)).status, 200, 'a link may lead here');
  assert.equal((await ask(base, link, { method: 'POST' })).status, 403, 'a form may not');
  for (const host of [own, `localhost:${port}`, 'localhost:9', `[::1]:${port}`, 'LOCALHOST', 'localhost'])
    assert.equal((await ask(base, { host, origin: `http://${host}` })).status, 200, host);
  const [nameless] = await once(wire(t, port, 'GET / HTTP/1.0\r\n\r\n'), 'data');
  assert.match(String(nameless), /^HTTP\/1\.1 403 /);
});

test('with a token, nothing but the login is there without it, whatever the address is called', async (t) => {
  const { base, log } = await givenSite(t, { token: TOKEN });
  const files = new Set(['/app.js', '/login', '/']);
  for (const [method, path] of EVERYTHING)
    if (!files.has(path)) assert.equal((await ask(base + path, {}, { method })).status, 401, `${method} ${path}`);
  const first = await ask(base);
  assert.deepEqual([first.status, first.headers['location']], [303, '/login']);
  assert.equal((await ask(`${base}/login`)).status, 200);
  const enter = async (token: string) =>
    await ask(`${base}/login`, {}, { method: 'POST', body: new URLSearchParams({ token }).toString() });
  for (const wrong of ['', TOKEN.slice(1), `${TOKEN}x`, 'x'.repeat(5000)]) {
    const { headers } = await enter(wrong);
    assert.deepEqual([headers['location'], headers['set-cookie']], ['/login?wrong', undefined]);
  }
  const { headers } = await enter(TOKEN);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  assert.match(cookie, /^lading=\d+\.[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  const [pair = ''] = cookie.split(';');
  const named = { host: 'lading.example', cookie: `other=1; ${pair}` };
  assert.equal((await ask(`${base}/uploads`, named)).status, 200);
  assert.equal((await ask(`${base}/uploads`, { authorization: `Bearer ${TOKEN}` })).status, 200);
  assert.equal((await ask(`${base}/uploads`, { ...named, origin: 'https://evil.example' })).status, 403);
  const later = pair.replace(/=\d/, '=9');
  for (const forged of [later, 'lading=', `lading=9999999999999.${'0'.repeat(64)}`, TOKEN, `lading=${TOKEN}`])
    assert.equal((await ask(`${base}/uploads`, { cookie: forged })).status, 401, forged);
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 13 * 3_600_000 });
  assert.equal((await ask(`${base}/uploads`, { cookie: pair })).status, 401, 'a login ends');
  assert.doesNotMatch(log.join('\n'), new RegExp(TOKEN.slice(1)));
  assert.match(log.join('\n'), /A login from 127\.0\.0\.1 was refused/);
});

test('the page may load nothing but its own files, and be in no frame', async (t) => {
  const { base } = await givenSite(t);
  for (const path of ['/', '/app.js', '/style.css', '/login', '/uploads', '/nowhere']) {
    const { headers } = await ask(base + path);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|http/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  }
  const html = (await ask(base)).body.toString();
  assert.doesNotMatch(html, /<script>|<style|style=|\son\w+=|https?:/);
});

test('the form has every option, and describes each in both languages', async (t) => {
  const { base } = await givenSite(t);
  const { options } = JSON.parse((await ask(`${base}/options`)).body.toString()) as {
    options: { name: string; meaning: string; zh: string }[];
  };
  assert.deepEqual(
    options.map(({ name }) => name),
    OPTION_LIST.map(([name]) => name),
  );
  for (const { meaning, zh } of options) {
    assert.doesNotMatch(meaning, /\p{Script=Han}/u);
    assert.match(zh, /\p{Script=Han}/u);
  }
});

test('a result is sent whole or as one range, and again from where a download broke off', async (t) => {
  const { base, down } = await givenSite(t);
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251));
  await mkdir(join(down, 'a b/ü?#%.tar'), { recursive: true });
  await writeFile(join(down, 'a b/ü?#%.tar/image.tar'), bytes);
  const url = `${base}/results/image.tar?key=${encodeURIComponent('a b/ü?#%.tar')}`;
  const whole = await ask(url);
  assert.ok(whole.body.equals(bytes));
  assert.equal(
    whole.headers['content-disposition'],
    `attachment; filename="image.tar"; filename*=UTF-8''%C3%BC%3F%23%25-image.tar`,
  );
  const etag = String(whole.headers['etag']);
  const cases: [string, number, number, number][] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=10-1999999', 206, 10, 2_000_000],
    ['bytes=2999999-', 206, 2_999_999, 3_000_000],
    ['bytes=-5', 206, 2_999_995, 3_000_000],
    ['bytes=-99999999', 206, 0, 3_000_000],
    ['bytes=5-99999999', 206, 5, 3_000_000],
    ['bytes=3000000-', 416, 0, 0],
    ['bytes=-0', 416, 0, 0],
    ['bytes=5-1', 200, 0, 3_000_000],
    ['bytes=0-1,5-6', 200, 0, 3_000_000],
    ['bytes=-', 200, 0, 3_000_000],
    ['lines=1-2', 200, 0, 3_000_000],
  ];
  for (const [range, status, start, end] of cases) {
    const part = await ask(url, { range });
    assert.equal(part.status, status, range);
    assert.ok(part.body.equals(bytes.subarray(start, end)), range);
    const said = status === 206 ? `bytes ${start}-${end - 1}/3000000` : status === 416 ? 'bytes */3000000' : undefined;
    assert.equal(part.headers['content-range'], said, range);
  }
  assert.equal((await ask(url, { range: 'bytes=1-2', 'if-range': etag })).status, 206);
  assert.equal((await ask(url, { range: 'bytes=1-2', 'if-range': '"older"' })).status, 200);
  assert.equal((await ask(url, { 'if-none-match': etag })).status, 304);
  const head = await ask(url, {}, { method: 'HEAD' });
  assert.deepEqual([head.headers['content-length'], head.body.length], ['3000000', 0]);
});

test('a key leads to nothing but a result in the folder', async (t) => {
  const { base, up, down } = await givenSite(t);
  await writeFile(join(up, 'manifest.json'), 'an upload');
  await writeFile(join(down, '../manifest.json'), 'outside');
  await mkdir(join(down, 'a'));
  await symlink(join(up, 'manifest.json'), join(down, 'a/manifest.json'));
  await symlink(up, join(down, 'b'));
  const keys = ['..', '../up', 'a/../../up', '/', '', '.', up, 'a', 'b', 'a\0', '..\\up', 'x'.repeat(5000)];
  for (const key of keys)
    assert.equal((await ask(`${base}/results/manifest.json?key=${encodeURIComponent(key)}`)).status, 404, key);
  for (const path of [
    '/results/inspection.json?key=a',
    '/results/constructor?key=a',
    '/results/manifest.json',
    '/site.ts',
    '/../site.ts',
    '/%2e%2e/site.ts',
    '/page/app.js',
    '//etc/passwd',
    '/constructor',
  ])
    assert.equal((await ask(base + path)).status, 404, path);
});

test('a report cannot reach the server that it came from', async (t) => {
  const { base, down } = await givenSite(t);
  await mkdir(join(down, 'a.tar'));
  await writeFile(join(down, 'a.tar/report.html'), '<script>fetch("/uploads")</script>');
  const { status, headers } = await ask(`${base}/results/report.html?key=a.tar`);
  assert.equal(status, 200);
  assert.match(
    String(headers['content-security-policy']),
    /^sandbox allow-scripts allow-downloads; default-src 'none';/,
  );
  assert.doesNotMatch(String(headers['content-security-policy']), /same-origin|connect-src/);
});

test('listeners get all uploads, then each change; a name stays a text in one line', async (t) => {
  const { base, board, site } = await givenSite(t);
  board.waiting('a\n\ndata: x.tar');
  const answer = await fetch(`${base}/live`);
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  let seen = '';
  const reading = (async () => {
    for await (const chunk of answer.body ?? []) seen += Buffer.from(chunk).toString();
  })();
  const until = async (what: RegExp): Promise<void> => {
    while (!what.test(seen)) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  await until(/^event: all\ndata: \[\{.*"key":"a\\n\\ndata: x\.tar".*\}\]\n\n$/);
  board.begin('b.tar', 'reading', 100);
  board.read('b.tar', 50);
  await until(/event: upload\ndata: \{.*"done":50,.*"key":"b\.tar","state":"reading"\}\n\n/);
  board.remove('b.tar');
  await until(/event: gone\ndata: \{"key":"b\.tar"\}\n\n/);
  await site.close();
  await reading;
});

test('changes while the page is being closed do no harm', async (t) => {
  const { base, board, site } = await givenSite(t);
  const answer = await fetch(`${base}/live`);
  const closing = site.close();
  board.waiting('a.tar');
  await closing;
  assert.match(await answer.text(), /^event: all\n/);
});

test('no more listeners than the limit are served, and one that does not read is let go', async (t) => {
  const { base, board, port } = await givenSite(t);
  const lazy = wire(t, port, `GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n`);
  await once(lazy, 'data');
  lazy.pause();
  const closed = once(lazy, 'close');
  for (let at = 0; at < 40; at += 1) board.stuck('a', { en: 'x'.repeat(2000), zh: '' });
  const others = Array.from({ length: LIMITS.liveListeners - 1 }, () =>
    wire(t, port, `GET /live HTTP/1.1\r\nhost: localhost\r\n\r\n`),
  );
  await Promise.all(others.map(async (each) => await once(each, 'data')));
  assert.equal((await ask(`${base}/live`)).status, 503);
  for (const each of others) each.destroy();
  for (let at = 0; at < 60_000 && !lazy.destroyed; at += 1) {
    board.stuck('a', { en: 'x'.repeat(2000), zh: '' });
    if (at % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  lazy.resume();
  await closed;
});

test('requests with too many headers, or that come too slowly, are ended', { timeout: 20_000 }, async (t) => {
  const { base } = await givenSite(t);
  assert.equal((await ask(base, { 'x-much': 'x'.repeat(LIMITS.requestHeaderBytes) })).status, 431);
  const doorWith = async (requestMs: number, idleMs: number): Promise<number> => {
    const server = await openDoor(
      { host: '127.0.0.1', port: 0, connections: 2, requestMs, idleMs },
      (request, response) => {
        request.resume().on('end', () => response.end());
      },
    );
    t.after(async () => await shut(server));
    return (server.address() as AddressInfo).port;
  };
  const strict = await doorWith(300, 0);
  const headers = wire(t, strict, 'GET / HTTP/1.1\r\nhost: local');
  const body = wire(t, strict, 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nx');
  await Promise.all(
    [headers, body].map(async (each) => {
      let said = '';
      each.on('data', (chunk) => (said += String(chunk)));
      await once(each, 'close');
      assert.match(said, /^HTTP\/1\.1 408 /);
    }),
  );
  // The third connection is one too many, and the other two do nothing.
  const patient = await doorWith(60_000, 200);
  await Promise.all([1, 2, 3].map(async () => await once(wire(t, patient, '').resume(), 'close')));
});

test('an upload through the page needs no more than its own address', async (t) => {
  const { base, log } = await givenSite(t);
  const address = await begun(base, 'a.tar', 1);
  assert.match(address, /\/uploads\/[0-9a-f]{32}$/);
  assert.equal((await ask(`${base}/uploads/${'0'.repeat(32)}`, TUS, { method: 'HEAD' })).status, 404);
  assert.equal((await ask(`${base}/uploads/toString`, TUS, { method: 'HEAD' })).status, 404);
  assert.equal(log.length, 1);
});
