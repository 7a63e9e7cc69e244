import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import type { Completion } from '../../../core/service/completion.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import type { UploadNotice } from '../../../core/service/stores.ts';
import { assertCompletionEvent } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const KEY = 'a.tar';
const MANIFEST = `${KEY}/manifest.json`;
const tar = archive(exportEntries());

function service() {
  const store = new MemoryStore();
  const told: Completion[] = [];
  let fail: Error | null = null;
  const announce = async (completion: Completion): Promise<void> => {
    assert.ok(store.results.has(completion.manifest.key), 'the manifest is there before anybody is told');
    if (fail !== null) throw fail;
    assertCompletionEvent({ ...completion, resultsBucket: 'results' });
    told.push(completion);
  };
  const deps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0.0.0', announce };
  const run = async (notice: UploadNotice) => {
    const outcome = await inspectUpload(notice, deps);
    return outcome.kind === 'handed-on' ? await convertUpload(outcome.inspectionKey, deps) : outcome;
  };
  return { store, told, deps, run, failWith: (error: Error | null) => (fail = error) };
}

test('a conversion is announced once, by convert, with the image archive, its images and the upload', async () => {
  const { store, told, run } = service();
  await run(store.upload(KEY, tar, { name: 'web:1.0' }));
  assert.equal(told.length, 1);
  const [{ source, outcome, kind, manifest, result, images, shortened } = assert.fail()] = told;
  assert.deepEqual(
    [source.bucket, source.key, outcome, kind, manifest.key, shortened],
    ['uploads', KEY, 'converted', 'rootfs/docker-export', MANIFEST, false],
  );
  const { key, size } = result ?? assert.fail();
  assert.deepEqual([key, size], [`${KEY}/image.tar`, store.results.get(`${KEY}/image.tar`)?.length]);
  assert.deepEqual(
    images.map(({ names, platform }) => [names, platform]),
    [[['docker.io/library/web:1.0'], 'linux/amd64']],
  );
});

test('an upload that is refused or needs no conversion is announced too, with its findings and without a result', async () => {
  for (const [bytes, outcome] of [
    [Buffer.from('dear diary'), 'refused'],
    [archive([{ name: 'README', body: 'plain' }]), 'recognised'],
  ] as const) {
    const { store, told, run } = service();
    await run(store.upload(KEY, bytes));
    assert.deepEqual(
      told.map((each) => [each.outcome, each.result, each.images]),
      [[outcome, null, []]],
    );
    assert.ok((told[0]?.findings.length ?? 0) > 0);
  }
});

test('an announcement that failed is made again when the event comes again, by either function', async () => {
  for (const bytes of [tar, Buffer.from('dear diary')]) {
    const { store, told, deps, run, failWith } = service();
    const notice = store.upload(KEY, bytes);
    const lost = new Error('no event bus');
    failWith(lost);
    await assert.rejects(run(notice), lost);
    failWith(null);
    if (bytes === tar) await convertUpload(`${KEY}/inspection.json`, deps);
    assert.deepEqual(await run(notice), { kind: 'already-done', key: KEY });
    assert.equal(told.length, bytes === tar ? 2 : 1);
    assert.equal(new Set(told.map((each) => JSON.stringify(each))).size, 1, 'each time the same');
  }
});

test('an upload that a newer one has overtaken, or that is gone, is not announced', async () => {
  const { store, told, run } = service();
  const older = { ...store.upload(KEY, tar), sequencer: '01' };
  await run({ ...store.upload(KEY, 'dear diary'), sequencer: '02' });
  told.length = 0;
  store.upload(KEY, tar);
  assert.equal((await run(older)).kind, 'superseded');
  assert.equal((await run({ ...older, key: 'gone' })).kind, 'gone');
  assert.deepEqual(told, []);
});

test('names that do not fit into an event are only in the manifest', async () => {
  const { store, told, run } = service();
  const name = Array.from({ length: 900 }, (_, index) => `registry.example/${'a'.repeat(220)}:${index}`);
  store.upload(`${KEY}.lading.json`, JSON.stringify({ name }));
  await run(store.upload(KEY, tar));
  const [{ images, summary, shortened, result } = assert.fail()] = told;
  assert.deepEqual([images, summary, shortened], [[], '', true]);
  assert.ok(result !== null);
  assert.ok(Buffer.byteLength(JSON.stringify(told[0])) < LIMITS.completionBytes);
});

test('pieces that do not fit into an event are only in the manifest', async () => {
  const { store, told, run } = service();
  const folder = `${'f'.repeat(250)}/`.repeat(3);
  const names = Array.from({ length: LIMITS.pieces }, (_, index) => `web.tar.${String(index + 1).padStart(4, '0')}`);
  store.upload(`${folder}${names.at(-1)}.lading.json`, JSON.stringify({ pieces: names }));
  const notices = names.map((name, index) => store.upload(folder + name, index === 0 ? tar : ''));
  assert.equal((await run(notices.at(-1) ?? assert.fail())).kind, 'converted');
  const [{ source, shortened } = assert.fail()] = told;
  assert.deepEqual([source.key, source.pieces, shortened], [folder + names.at(-1), undefined, true]);
  assert.ok(Buffer.byteLength(JSON.stringify(told[0])) < LIMITS.completionBytes);
});
