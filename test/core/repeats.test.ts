import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Outcome, ServiceDeps } from '../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { plainTools } from '../support/tools.ts';

// Events that come again, late, or in the wrong order. test/faults does the same over S3.

const KEY = 'a.tar';
const [IMAGE, MANIFEST, INSPECTION] = [`${KEY}/image.tar`, `${KEY}/manifest.json`, `${KEY}/inspection.json`];
const first = archive(exportEntries());
const second = archive([...exportEntries(), { name: 'second' }]);

function service(version = '0.0.0') {
  const store = new MemoryStore();
  const deps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version };
  const upload = (bytes: Uint8Array | string, sequencer: string, metadata = {}): UploadNotice => {
    return { ...store.upload(KEY, bytes, metadata), sequencer };
  };
  const manifest = (): ArchiveManifest => JSON.parse(Buffer.from(store.results.get(MANIFEST) ?? '').toString());
  /** Runs `work`, and lists the keys that it writes or removes. */
  const writes = async (work: () => Promise<unknown>): Promise<string[]> => {
    store.written.length = 0;
    await work();
    return [...store.written];
  };
  return { store, deps, upload, manifest, writes };
}

async function run(notice: UploadNotice, deps: ServiceDeps): Promise<Outcome> {
  const outcome = await inspectUpload(notice, deps);
  return outcome.kind === 'handed-on' ? await convertUpload(outcome.inspectionKey, deps) : outcome;
}

test('a repeated event writes nothing and does not read the upload', async () => {
  for (const bytes of [first, 'dear diary']) {
    const { store, deps, upload, writes } = service();
    const notice = upload(bytes, '01');
    await run(notice, deps);
    store.source = () => assert.fail('the upload is read again');
    const repeat = async () => assert.deepEqual(await run(notice, deps), { kind: 'already-done', key: KEY });
    assert.deepEqual(await writes(repeat), []);
  }
});

test('convert writes nothing when it is called again', async () => {
  const { deps, upload, writes } = service();
  await run(upload(first, '01'), deps);
  const repeat = async () => assert.equal((await convertUpload(INSPECTION, deps)).kind, 'already-done');
  assert.deepEqual(await writes(repeat), []);
});

test('an upload that was inspected but not converted is handed on again without being read', async () => {
  const { store, deps, upload, writes } = service();
  const notice = upload(first, '01');
  await inspectUpload(notice, deps);
  store.source = () => assert.fail('the upload is read again');
  assert.deepEqual(await writes(async () => await inspectUpload(notice, deps)), [INSPECTION]);
});

test('the same upload is converted again by another version of Lading, or for another request', async () => {
  const { store, deps, upload, manifest } = service();
  const notice = upload(first, '01', { name: 'a:1' });
  await run(notice, deps);
  assert.equal((await run(notice, { ...deps, version: '0.0.1' })).kind, 'converted');
  assert.equal(manifest().converter.version, '0.0.1');
  store.upload(`${KEY}.lading.json`, '{"name":"a:2"}');
  assert.equal((await run(notice, deps)).kind, 'converted');
  assert.deepEqual(manifest().result?.images[0]?.names, ['docker.io/library/a:2']);
});

test('to replace older results, the manifest is removed first, then the image is replaced, then the manifest is written', async () => {
  const { deps, upload, writes } = service();
  await run(upload(first, '01'), deps);
  const newer = upload(second, '02');
  assert.deepEqual(await writes(async () => await run(newer, deps)), [INSPECTION, `-${MANIFEST}`, IMAGE, MANIFEST]);
});

test('when an upload is refused, the image archive of an older upload is removed', async () => {
  const { store, deps, upload, writes, manifest } = service();
  await run(upload(first, '01'), deps);
  const newer = upload('dear diary', '02');
  assert.deepEqual(await writes(async () => await run(newer, deps)), [`-${MANIFEST}`, `-${IMAGE}`, MANIFEST]);
  assert.equal(manifest().outcome, 'refused');
  assert.equal(store.results.has(IMAGE), false);
});

test('an event that is older than the results changes nothing', async () => {
  const { deps, upload, writes } = service();
  const late = upload(first, '9');
  await run(upload(first, '10'), deps);
  const outcome = async () => assert.deepEqual(await run(late, deps), { kind: 'superseded', key: KEY });
  assert.deepEqual(await writes(outcome), []);
});

test('a result that somebody removed is made again', async () => {
  for (const lost of [IMAGE, MANIFEST]) {
    const { store, deps, upload, manifest } = service();
    const notice = upload(first, '01');
    await run(notice, deps);
    store.results.delete(lost);
    await run(notice, deps);
    assert.equal(store.results.get(IMAGE)?.length, manifest().result?.size);
  }
});

test('results that others keep replacing are given up, so that the event is tried again', async () => {
  const { store, deps, upload } = service();
  const notice = upload('dear diary', '01');
  store.put = async () => false;
  await assert.rejects(run(notice, deps), { code: 'contended' });
});
