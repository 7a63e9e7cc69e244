import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { ended, exported, folder, start } from '../cli/kit.ts';
import { listen, shut } from '../support/loopback.ts';
import { S3StandIn } from '../support/s3-standin.ts';

/** A host name that leads nowhere: only the proxy knows where it is. */
const HOST = 's3.proxied.invalid';

/** A proxy that notes what passes, and brings everything for `HOST` to one of two servers on this machine. */
async function startProxy(t: TestContext, servers: { http: string; https: string }) {
  const passed: string[] = [];
  const credentials = new Set<string | undefined>();
  const proxy = createServer((incoming, response) => {
    passed.push(`${incoming.method} ${incoming.url}`);
    credentials.add(incoming.headers['proxy-authorization']);
    forward(incoming, response, servers.http);
  });
  // The server forgets the sockets of tunnels, and would wait for their end.
  const tunnels = new Set<Duplex>();
  proxy.on('connect', (incoming, socket) => {
    tunnels.add(socket);
    passed.push(`CONNECT ${incoming.url}`);
    credentials.add(incoming.headers['proxy-authorization']);
    const [host, port] = servers.https.split(':');
    const there = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      there.pipe(socket).pipe(there);
    });
    there.on('error', () => socket.destroy());
    socket.on('error', () => there.destroy());
  });
  const address = await listen(proxy);
  t.after(async () => {
    for (const each of tunnels) each.destroy();
    await shut(proxy);
  });
  return { address, passed, credentials };
}

function forward(incoming: IncomingMessage, response: ServerResponse, to: string): void {
  const [host, port] = to.split(':');
  const { pathname, search } = new URL(incoming.url ?? '', `http://${HOST}`);
  const { method, headers } = incoming;
  const onward = request({ host, port, method, path: pathname + search, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}

/** The stand-in for S3, with and without TLS, and a proxy in front of it. */
async function surroundings(t: TestContext) {
  const standIn = new S3StandIn();
  standIn.model.createBucket('uploads', true);
  const http = new URL(await standIn.start()).host;
  t.after(() => standIn.stop());
  const dir = await folder(t);
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const subject = ['-subj', '/CN=test', '-addext', `subjectAltName=DNS:${HOST},IP:127.0.0.1`];
  const fresh = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert];
  execFileSync('openssl', [...fresh, ...subject], { stdio: 'ignore' });
  const tls = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, response) =>
    forward(incoming, response, http),
  );
  const https = await listen(tls);
  t.after(() => shut(tls));
  const proxy = await startProxy(t, { http, https });
  await writeFile(join(dir, 'app.tar'), await exported(10));
  const none = { http_proxy: '', https_proxy: '', no_proxy: '', HTTP_PROXY: '', HTTPS_PROXY: '', NO_PROXY: '' };
  const aws = {
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_REGION: 'us-east-1',
    S3_PATH_STYLE: 'true',
  };
  const lading = async (env: Record<string, string>, ...argv: string[]) =>
    await ended(start(t, argv, { env: { ...none, ...aws, NODE_EXTRA_CA_CERTS: cert, ...env } }));
  return { standIn, proxy, lading, http, https, archive: join(dir, 'app.tar') };
}

test('requests over TLS go through a tunnel of HTTPS_PROXY, which gets its password', async (t) => {
  const { proxy, lading, archive } = await surroundings(t);
  const env = { AWS_ENDPOINT_URL_S3: `https://${HOST}`, HTTPS_PROXY: `http://user:p%40ss@${proxy.address}` };
  const up = await lading(env, 'upload', archive, '-t', 'a', '--uploads', 'uploads', '--results', 'results');
  assert.equal(up.code, 0, up.stderr);
  const down = await lading(env, 'inspect', 's3://uploads/app.tar', '--json');
  assert.equal(down.code, 0, down.stderr);
  assert.ok(proxy.passed.length > 0);
  assert.deepEqual([...new Set(proxy.passed)], [`CONNECT ${HOST}:443`]);
  assert.deepEqual([...proxy.credentials], [`Basic ${Buffer.from('user:p@ss').toString('base64')}`]);
});

test('requests without TLS go through HTTP_PROXY, and NO_PROXY names hosts that need none', async (t) => {
  const { standIn, proxy, lading, http, https, archive } = await surroundings(t);
  const upload = ['upload', archive, '-t', 'a', '--uploads', 'uploads', '--results', 'results'];
  const plain = { AWS_ENDPOINT_URL_S3: `http://${HOST}`, http_proxy: `http://${proxy.address}` };
  const up = await lading(plain, ...upload);
  assert.equal(up.code, 0, up.stderr);
  assert.ok(
    proxy.passed.some((each) => each.startsWith(`PUT http://${HOST}/uploads/app.tar`)),
    proxy.passed.join(),
  );
  proxy.passed.length = 0;
  standIn.requests.length = 0;
  const both = { HTTP_PROXY: `http://${proxy.address}`, HTTPS_PROXY: `http://${proxy.address}`, NO_PROXY: '127.0.0.1' };
  for (const endpoint of [`http://${http}`, `https://${https}`]) {
    const { code, stderr } = await lading({ ...both, AWS_ENDPOINT_URL_S3: endpoint }, ...upload);
    assert.equal(code, 0, stderr);
  }
  assert.ok(standIn.requests.length > 0);
  assert.deepEqual(proxy.passed, []);
});
