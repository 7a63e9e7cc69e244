import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Remote } from '../../../remote/remote.ts';
import { stateOf } from '../../../remote/state.ts';
import { resultKeys } from '../../../core/service/keys.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const KEY = 'web.tar';
const KEYS = resultKeys(KEY);
const NOTICE = { bucket: 'uploads', key: KEY, versionId: null, etag: null, sequencer: '0A' };

function world() {
  const store = new MemoryStore();
  store.upload(KEY, archive(exportEntries()), { name: 'web:1' });
  const deps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0' };
  // No test of this file sends a request to S3.
  // Asked only for the age of an upload.
  const access = { client: { send: async () => ({}) } } as unknown as Remote['access'];
  const remote: Remote = { ...deps, access, buckets: { uploads: 'uploads', results: 'results' } };
  return { store, deps, remote, announce: async () => undefined };
}

/** The hand-off and the manifest that the functions write for an upload. */
async function written(): Promise<{ handOff: Uint8Array; manifest: Uint8Array }> {
  const { store, deps } = world();
  await inspectUpload(NOTICE, deps);
  const handOff = store.results.get(KEYS.inspection);
  await convertUpload(KEYS.inspection, deps);
  const manifest = store.results.get(KEYS.manifest);
  assert.ok(handOff !== undefined && manifest !== undefined);
  return { handOff, manifest };
}

/** Copies of the document with one field, at its top or in `inside`, missing or of another type. */
function* spoilt(document: Uint8Array, ...inside: string[]): Generator<[about: string, bytes: Uint8Array]> {
  const sound = JSON.parse(Buffer.from(document).toString()) as Record<string, Record<string, unknown>>;
  for (const holder of ['', ...inside]) {
    const fields = holder === '' ? sound : sound[holder];
    for (const field of Object.keys(fields ?? {})) {
      for (const value of [undefined, 5, null, [null], 'x']) {
        const changed = { ...fields, [field]: value };
        const whole = holder === '' ? changed : { ...sound, [holder]: changed };
        yield [`${holder}.${field} is ${JSON.stringify(value)}`, Buffer.from(JSON.stringify(whole))];
      }
    }
  }
  yield ['no JSON', Buffer.from('{"job":')];
  yield ['no object', Buffer.from('[]')];
}

test('whatever a hand-off or a manifest says, the upload is inspected or known as done, and a client gets a state', async () => {
  const { handOff, manifest } = await written();
  for (const [key, document, inside] of [
    [KEYS.inspection, handOff, ['identity']],
    [KEYS.manifest, manifest, ['source', 'result', 'archive']],
  ] as const) {
    for (const [about, bytes] of spoilt(document, ...inside)) {
      const { store, deps, remote, announce } = world();
      store.results.set(key, bytes);
      const { state } = await stateOf(KEY, remote).catch((cause: unknown) => assert.fail(`${about}: ${String(cause)}`));
      assert.ok(state !== 'absent', about);
      const outcome = await inspectUpload(NOTICE, { ...deps, announce }).catch((cause: unknown) =>
        assert.fail(`${about}: ${String(cause)}`),
      );
      assert.ok(['handed-on', 'already-done', 'superseded'].includes(outcome.kind), `${about}: ${outcome.kind}`);
    }
  }
});

/** Copies of a JSON value in which one value, however deep, is missing or another one. */
function* withOneChange(value: unknown): Generator {
  for (const other of [undefined, null, 5, -1, 'x', [], {}, [null]]) {
    if (JSON.stringify(other) !== JSON.stringify(value)) yield other;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    for (const changed of withOneChange(each)) {
      const copy: object = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
      yield Object.assign(copy, { [key]: changed });
    }
  }
}

test('a hand-off in which anything was changed is not converted, and inspect replaces it', async () => {
  const { handOff } = await written();
  const text = Buffer.from(handOff).toString();
  let changes = 0;
  for (const changed of withOneChange(JSON.parse(text))) {
    const bytes = Buffer.from(JSON.stringify(changed) ?? '');
    const { store, deps } = world();
    store.results.set(KEYS.inspection, bytes);
    await assert.rejects(convertUpload(KEYS.inspection, deps), { code: 'bad-event' }, bytes.toString());
    assert.deepEqual([...store.results.keys()], [KEYS.inspection]);
    if (++changes % 50 > 0) continue;
    assert.equal((await inspectUpload(NOTICE, deps)).kind, 'handed-on');
    assert.equal(Buffer.from(store.results.get(KEYS.inspection) ?? []).toString(), text);
  }
  assert.ok(changes > 500, `${changes}`);
});
