import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import type { Completion } from '../../../core/service/completion.ts';
import { failConversion, failInspection } from '../../../core/service/failure.ts';
import type { ServiceDeps } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import type { UploadNotice } from '../../../core/service/stores.ts';
import { assertCompletionEvent, assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const KEY = 'team/app.tar';
const [REPORT, MANIFEST, IMAGE] = ['report.html', 'manifest.json', 'image.tar'].map((name) => `${KEY}/${name}`);
const tar = archive(exportEntries());

/** A store of results that notes which keys were looked for, and calls `onPut` after each result was put. */
class WatchedStore extends MemoryStore {
  readonly looked: string[] = [];
  onPut = async (_key: string): Promise<void> => undefined;

  override async put(...put: Parameters<MemoryStore['put']>) {
    const done = await super.put(...put);
    await this.onPut(put[0]);
    return done;
  }

  override async stat(key: string) {
    this.looked.push(key);
    return await super.stat(key);
  }
}

function service() {
  const store = new WatchedStore();
  const told: Completion[] = [];
  const off: ServiceDeps = {
    uploads: store,
    results: store,
    tools: plainTools,
    clock: () => 0,
    version: '0.0.0',
    announce: async (completion) => void told.push(completion),
  };
  const on: ServiceDeps = { ...off, report: async (manifest) => Buffer.from(JSON.stringify(manifest)) };
  const json = (key = '') => JSON.parse(Buffer.from(store.results.get(key) ?? 'null').toString());
  const manifest = (): ArchiveManifest => {
    assertManifest(json(MANIFEST));
    return json(MANIFEST);
  };
  const run = async (notice: UploadNotice, deps: ServiceDeps): Promise<string> => {
    const outcome = await inspectUpload(notice, deps);
    return (outcome.kind === 'handed-on' ? await convertUpload(outcome.inspectionKey, deps) : outcome).kind;
  };
  return { store, told, off, on, manifest, report: () => json(REPORT), run };
}

const UPLOADS = { converted: tar, recognised: archive([{ name: 'README' }]), refused: Buffer.from('dear diary') };

for (const [outcome, bytes] of Object.entries(UPLOADS)) {
  test(`an upload that is ${outcome} gets a report before its manifest, which shows the same, and the event names it`, async () => {
    const { store, told, on, manifest, report, run } = service();
    assert.equal(await run(store.upload(KEY, bytes), on), outcome);
    assert.deepEqual(store.written.slice(-2), [REPORT, MANIFEST]);
    assert.deepEqual([manifest().report, report()], [true, manifest()]);
    assert.equal(store.origins.get(REPORT ?? '')?.job, manifest().job);
    assert.deepEqual(told.at(-1)?.report, { key: REPORT });
    for (const each of told) assertCompletionEvent({ ...each, resultsBucket: 'results' });
  });
}

test('an upload whose conversion was given up gets a report that says so, and a success replaces both', async () => {
  const { store, on, manifest, report, run } = service();
  const notice = store.upload(KEY, tar);
  await inspectUpload(notice, on);
  await failConversion(`${KEY}/inspection.json`, 'uploads', { kind: 'crash' }, on);
  assert.deepEqual([manifest().outcome, report()], ['failed', manifest()]);
  assert.equal(await run(notice, on), 'converted');
  assert.deepEqual([manifest().outcome, report()], ['converted', manifest()]);
});

test('without reports nothing asks for one, and the manifest and the event do not speak of it', async () => {
  const { store, told, off, manifest, run } = service();
  const notice = store.upload(KEY, tar);
  await run(notice, off);
  await run(store.upload(KEY, 'dear diary'), off);
  assert.deepEqual([store.looked.includes(REPORT ?? ''), 'report' in manifest()], [false, false]);
  assert.ok(told.every((each) => !('report' in each)));
});

for (const [what, next] of [
  ['converted', archive([...exportEntries(), { name: 'new' }])],
  ['refused', 'no'],
] as const) {
  test(`when reports are no longer wanted, that of an earlier upload goes before its manifest, and one that is ${what} has none`, async () => {
    const { store, on, off, manifest, report, run } = service();
    await run(store.upload(KEY, tar), on);
    store.written.length = 0;
    assert.equal(await run(store.upload(KEY, next), off), what);
    const changes = store.written.filter((key) => key !== `${KEY}/inspection.json`);
    assert.deepEqual(changes.slice(0, 2), [`-${REPORT}`, `-${MANIFEST}`]);
    assert.deepEqual([report(), manifest().outcome, 'report' in manifest()], [null, what, false]);
  });
}

test('when reports are no longer wanted, the results of a repeated event stay as they are', async () => {
  const { store, on, off, manifest, report, run } = service();
  const notice = store.upload(KEY, tar);
  await run(notice, on);
  assert.equal(await run(notice, off), 'already-done');
  assert.deepEqual(report(), manifest());
});

test('when reports are wanted from now on, a repeated event makes one, and keeps the image archive', async () => {
  const { store, on, off, manifest, report, run } = service();
  const notice = store.upload(KEY, tar);
  await run(notice, off);
  store.written.length = 0;
  assert.equal(await run(notice, on), 'converted');
  assert.deepEqual(store.written.slice(-3), [`-${MANIFEST}`, REPORT, MANIFEST]);
  assert.ok(!store.written.includes(IMAGE ?? ''));
  assert.deepEqual(report(), manifest());
});

test('a report that comes too late goes again, when a newer upload has results without one', async () => {
  const { store, on, off, manifest, report, run } = service();
  const older = { ...store.upload(KEY, 'dear diary'), sequencer: '1' };
  store.onPut = async (key) => {
    if (key !== REPORT) return;
    store.onPut = async () => undefined;
    await run({ ...store.upload(KEY, tar), sequencer: '2' }, off);
  };
  assert.equal(await run(older, on), 'superseded');
  assert.deepEqual([report(), manifest().outcome], [null, 'converted']);
});

test('a failure takes the place of no success, not even of one without a report', async () => {
  const { store, on, off, manifest, run } = service();
  const notice = store.upload(KEY, UPLOADS.recognised);
  await run(notice, off);
  assert.equal((await failInspection(notice, { kind: 'crash' }, on)).kind, 'already-done');
  assert.equal(manifest().outcome, 'recognised');
});

test('a report that somebody has deleted is written again when the event is repeated', async () => {
  const { store, on, manifest, report, run } = service();
  const notice = store.upload(KEY, tar);
  await run(notice, on);
  store.results.delete(REPORT ?? '');
  assert.equal(await run(notice, on), 'converted');
  assert.deepEqual(report(), manifest());
});
