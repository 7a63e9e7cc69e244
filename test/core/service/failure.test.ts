import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import type { Completion } from '../../../core/service/completion.ts';
import { failConversion, failInspection, type Reason } from '../../../core/service/failure.ts';
import { resultKeys } from '../../../core/service/keys.ts';
import type { ServiceDeps } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import type { UploadNotice } from '../../../core/service/stores.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const KEY = 'team/web.tar';
const INSPECTION = `${KEY}/inspection.json`;
const CRASH: Reason = { kind: 'crash' };
const tar = archive(exportEntries());

function service() {
  const store = new MemoryStore();
  const announced: Completion[] = [];
  const handedBack: Omit<UploadNotice, 'bucket'>[] = [];
  const deps: ServiceDeps = {
    uploads: store,
    results: store,
    tools: plainTools,
    clock: () => 0,
    version: '0.0.0',
    announce: async (completion) => void announced.push(completion),
    handBack: async (upload) => void handedBack.push(upload),
  };
  const manifest = (): ArchiveManifest => {
    const found: ArchiveManifest = JSON.parse(Buffer.from(store.results.get(`${KEY}/manifest.json`) ?? '').toString());
    assertManifest(found);
    return found;
  };
  const upload = (bytes: Uint8Array, sequencer: string): UploadNotice => ({ ...store.upload(KEY, bytes), sequencer });
  return { store, deps, manifest, upload, announced, handedBack };
}

test('an upload whose inspection was given up has a manifest and an event that say so, and a success replaces them', async () => {
  const { deps, manifest, upload, announced } = service();
  const notice = upload(tar, '1');
  assert.equal((await failInspection(notice, { kind: 'error', code: 'SlowDown' }, deps)).kind, 'failed');
  const failed = manifest();
  assert.deepEqual([failed.outcome, failed.archive.kind, failed.result], ['failed', 'unread', null]);
  assert.match(failed.summary, /has given up: its last try has ended with the error SlowDown\.$/u);
  assert.match(failed.zh.summary, /SlowDown/u);
  assert.deepEqual(
    announced.map(({ outcome, job }) => [outcome, job]),
    [['failed', failed.job]],
  );

  await inspectUpload(notice, deps);
  assert.equal((await convertUpload(INSPECTION, deps)).kind, 'converted');
  assert.deepEqual([manifest().outcome, manifest().job], ['converted', failed.job]);
});

test('a conversion that was given up keeps what was seen of the upload', async () => {
  const { deps, manifest, upload } = service();
  await inspectUpload(upload(tar, '1'), deps);
  await failConversion(INSPECTION, 'uploads', CRASH, deps);
  assert.deepEqual([manifest().outcome, manifest().archive.kind], ['failed', 'rootfs/docker-export']);
  assert.equal((await convertUpload(INSPECTION, deps)).kind, 'converted');
});

test('a failure replaces no success, and marks no upload that was handed on, or that a newer one has replaced', async () => {
  const { store, deps, manifest, upload, announced } = service();
  const notice = upload(tar, '1');
  await inspectUpload(notice, deps);
  assert.equal((await failInspection(notice, CRASH, deps)).kind, 'handed-on');
  assert.ok(!store.results.has(`${KEY}/manifest.json`));

  await convertUpload(INSPECTION, deps);
  assert.equal((await failConversion(INSPECTION, 'uploads', CRASH, deps)).kind, 'already-done');
  assert.equal(announced.length, 2, 'the event may have been what failed');

  const anonymous = { ...notice, sequencer: null };
  store.results.delete(INSPECTION);
  assert.equal((await failInspection(anonymous, CRASH, deps)).kind, 'superseded', 'the same upload without its marks');
  assert.equal(manifest().outcome, 'converted');

  const newer = archive([...exportEntries(), { name: 'etc/new', body: 'x' }]);
  await inspectUpload(upload(newer, '2'), deps);
  await convertUpload(INSPECTION, deps);
  const job = manifest().job;
  await failInspection(notice, CRASH, deps);
  assert.deepEqual([manifest().outcome, manifest().job], ['converted', job]);
});

test('a hand-off that is gone, or of another version, goes back to the inspect function', async () => {
  const { store, deps, upload, handedBack } = service();
  await inspectUpload(upload(tar, 'A'), deps);
  const written = JSON.parse(Buffer.from(store.results.get(INSPECTION) ?? '').toString()) as { identity: object };
  store.results.set(INSPECTION, Buffer.from(JSON.stringify({ ...written, jobVersion: 2 })));
  assert.deepEqual(await convertUpload(INSPECTION, deps), { kind: 'handed-back', key: KEY });
  store.results.delete(INSPECTION);
  assert.deepEqual(await convertUpload(INSPECTION, deps), { kind: 'handed-back', key: KEY });
  const { etag, versionId, sequencer } = written.identity as UploadNotice;
  assert.deepEqual(handedBack, [
    { key: KEY, versionId, etag, sequencer },
    { key: KEY, versionId: null, etag: null, sequencer: null },
  ]);
  await failConversion(INSPECTION, 'uploads', CRASH, deps);
  assert.ok(store.results.has(`${KEY}/manifest.json`), 'when that fails, too, the upload still has an end');
});

test('a hand-off that is gone, and whose key is too short to tell its upload, ends without an error', async () => {
  const { deps, handedBack } = service();
  const { inspection } = resultKeys('k'.repeat(1024));
  assert.deepEqual(await convertUpload(inspection, deps), { kind: 'gone', key: inspection });
  assert.deepEqual(handedBack, []);
});

test('a hand-off in which anything was changed does not stand for an upload that was handed on', async () => {
  const { store, deps, manifest, upload } = service();
  const notice = upload(tar, '1');
  await inspectUpload(notice, deps);
  const changed = Buffer.from(store.results.get(INSPECTION) ?? '')
    .toString()
    .replace('"findings":[]', '"findings":5');
  store.results.set(INSPECTION, Buffer.from(changed));
  assert.equal((await failInspection(notice, CRASH, deps)).kind, 'failed');
  assert.equal(manifest().outcome, 'failed');
  await failConversion(INSPECTION, 'uploads', CRASH, deps);
  assert.equal(manifest().archive.kind, 'unread');
});

test('a hand-off cannot send another upload back', async () => {
  const { store, deps, handedBack } = service();
  const foreign = { jobVersion: 2, identity: { bucket: 'uploads', key: 'another.tar', etag: 'e' } };
  store.results.set(INSPECTION, Buffer.from(JSON.stringify(foreign)));
  await convertUpload(INSPECTION, deps);
  assert.deepEqual(
    handedBack.map(({ key }) => key),
    [KEY],
  );
});
