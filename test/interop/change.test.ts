import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import type { ExecutionConfig } from '../../core/model/config.ts';
import { DIFFERENT } from '../support/change-table-different.ts';
import { PATTERNS, PATTERNS_SINCE } from '../support/change-table-patterns.ts';
import { AGREED, ON_A_BASE, type Outcome, REFUSED } from '../support/change-table.ts';
import { Docker } from '../support/engines-docker.ts';
import { without } from '../support/engines.ts';
import { withoutEmpty } from '../support/outcome.ts';

const skip = without('dockerd', 'docker');
let engine: Docker;
before(async () => {
  if (skip === false) engine = await Docker.start();
});
after(() => engine?.stop());
const EMPTY_ARCHIVE = Buffer.alloc(1024);

test('Docker Engine makes the same config of the agreed changes as Lading', { skip }, async () => {
  const surprises: unknown[] = [];
  for (const [changes, outcome] of AGREED) {
    const docker = await imported(changes);
    if (!same(docker, outcome)) surprises.push({ changes, docker, outcome });
  }
  assert.deepEqual(surprises, []);
});

test('Docker Engine expands parameters as the table says, or is too old to expand them', { skip }, async () => {
  const [major = 0] = (await engine.docker('version', '--format', '{{.Server.Version}}')).split('.').map(Number);
  const surprises: unknown[] = [];
  for (const [changes, outcome] of PATTERNS) {
    const docker = await imported(changes);
    const isOld = major < PATTERNS_SINCE && docker === REFUSED;
    if (!isOld && !same(docker, outcome)) surprises.push({ changes, docker, outcome });
  }
  assert.deepEqual(surprises, []);
});

test('for the changes that Lading takes otherwise, Docker Engine makes the config in the table', { skip }, async () => {
  const surprises: unknown[] = [];
  for (const { changes, docker: outcomes } of DIFFERENT) {
    const docker = await imported(changes);
    if (!outcomes.some((outcome) => same(docker, outcome))) surprises.push({ changes, docker, outcomes });
  }
  assert.deepEqual(surprises, []);
});

test('Docker Engine applies changes to a base as Lading does', { skip }, async () => {
  const surprises: unknown[] = [];
  for (const [base, changes, outcome] of ON_A_BASE) {
    const docker = await committed(base, changes);
    if (!same(docker, outcome)) surprises.push({ base, changes, docker, outcome });
  }
  assert.deepEqual(surprises, []);
});

function same(a: Outcome, b: Outcome): boolean {
  try {
    assert.deepEqual(a, b);
    return true;
  } catch {
    return false;
  }
}

async function imported(changes: string[]): Promise<Outcome> {
  const id = await importedId(changes);
  return id === null ? REFUSED : takeConfig(id);
}

async function importedId(changes: string[]): Promise<string | null> {
  const query = new URLSearchParams([
    ['fromSrc', '-'],
    ...changes.map((change): [string, string] => ['changes', change]),
  ]);
  const { status, text } = await call('POST', `/images/create?${query.toString()}`, EMPTY_ARCHIVE, 'application/x-tar');
  const last = JSON.parse(text.trim().split('\n').at(-1) ?? '') as { status?: string; error?: string };
  return status === 200 && last.error === undefined && last.status !== undefined ? last.status : null;
}

async function committed(base: string[], changes: string[]): Promise<Outcome> {
  const image = await importedId(base);
  assert.ok(image !== null, `the base ${base.join(' ')} could not be imported`);
  const created = await call('POST', '/containers/create', Buffer.from(JSON.stringify({ Image: image })));
  const { Id: container } = JSON.parse(created.text) as { Id: string };
  const query = new URLSearchParams([
    ['container', container],
    ...changes.map((change): [string, string] => ['changes', change]),
  ]);
  const { status, text } = await call('POST', `/commit?${query.toString()}`);
  const outcome = status === 201 ? await takeConfig((JSON.parse(text) as { Id: string }).Id) : REFUSED;
  await call('DELETE', `/containers/${container}?force=1`);
  await call('DELETE', `/images/${image}`);
  return outcome;
}

/** The execution defaults of an image, which is then removed. */
async function takeConfig(id: string): Promise<ExecutionConfig> {
  const { text } = await call('GET', `/images/${id}/json`);
  await call('DELETE', `/images/${id}`);
  return withoutEmpty((JSON.parse(text) as { Config: ExecutionConfig }).Config);
}

function call(
  method: string,
  path: string,
  body = Buffer.alloc(0),
  type = 'application/json',
): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const headers = { 'content-type': type, 'content-length': body.length };
  const sent = request({ socketPath: engine.socketPath, method, path, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
    response.on('error', reject);
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}
