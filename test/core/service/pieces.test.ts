import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../../core/limits.ts';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import { failInspection } from '../../../core/service/failure.ts';
import type { ServiceDeps } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import type { UploadNotice } from '../../../core/service/stores.ts';
import { breaks } from '../../contract/store-kit.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const tar = archive(exportEntries());
const NAMES = ['web.tar.aa', 'web.tar.ab', 'web.tar.ac', 'web.tar.ad'];

function service() {
  const store = new MemoryStore();
  const deps: ServiceDeps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0.0.0' };
  const manifest = (key: string): ArchiveManifest => {
    const found: ArchiveManifest = JSON.parse(Buffer.from(store.results.get(`${key}/manifest.json`) ?? '').toString());
    assertManifest(found);
    return found;
  };
  const run = async (notice: UploadNotice) => {
    const outcome = await inspectUpload(notice, deps);
    return outcome.kind === 'handed-on' ? await convertUpload(outcome.inspectionKey, deps) : outcome;
  };
  const sidecar = (key: string, fields: object) => store.upload(`${key}.lading.json`, JSON.stringify(fields));
  return { store, deps, manifest, run, sidecar };
}

/** The pieces of an archive. One ends inside the first header, and one is empty. */
function cut(bytes: Uint8Array): Uint8Array[] {
  const borders = [0, 100, 100, Math.floor(bytes.length / 2) + 1, bytes.length];
  return NAMES.map((_, i) => bytes.subarray(borders[i], borders[i + 1]));
}

test('the pieces that the sidecar of the last one lists become the image that the whole archive becomes', async () => {
  for (const options of [{}, { compress: 'gzip' }, { mend: true }]) {
    for (const bytes of [tar, gzipSync(tar)]) {
      const alone = service();
      alone.sidecar('team/web.tar', options);
      await alone.run(alone.store.upload('team/web.tar', bytes));
      const { store, manifest, run, sidecar } = service();
      const notices = cut(bytes).map((piece, i) => store.upload(`team/${NAMES[i]}`, piece));
      sidecar('team/web.tar.ad', { ...options, pieces: NAMES });
      for (const notice of notices) await run(notice);
      assert.deepEqual(
        Buffer.from(store.results.get('team/web.tar.ad/image.tar') ?? ''),
        Buffer.from(alone.store.results.get('team/web.tar/image.tar') ?? ''),
      );
      const [made, wanted] = [manifest('team/web.tar.ad'), alone.manifest('team/web.tar')];
      assert.equal(made.outcome, 'converted');
      assert.deepEqual([made.source.digest, made.findings], [wanted.source.digest, wanted.findings]);
      assert.deepEqual(
        made.source.pieces?.map(({ key, size }) => [key, size]),
        cut(bytes).map((piece, i) => [`team/${NAMES[i]}`, piece.length]),
      );
      assert.equal(made.cost.bytesRead, wanted.cost.bytesRead);
    }
  }
});

test('a piece waits: by its name, or unread when its own sidecar lists it before the last one', async () => {
  for (const isListed of [false, true]) {
    for (const bytes of [tar, gzipSync(tar)]) {
      const { store, manifest, run, sidecar } = service();
      for (const [i, piece] of cut(bytes).entries()) {
        const key = NAMES[i] ?? '';
        if (isListed) sidecar(key, { pieces: NAMES });
        // An empty upload is refused as such, unless a list says what it is.
        if (i === 3 || (i === 1 && !isListed)) continue;
        assert.equal((await run(store.upload(key, piece))).kind, 'recognised', key);
        const { summary, findings, cost } = manifest(key);
        assert.deepEqual(
          [findings.map((each) => each.code), cost.bytesRead > 0],
          [['piece-waits'], !isListed && piece.length > 0],
        );
        assert.match(summary, /It waits for the last piece/);
      }
    }
  }
  const { store, run } = service();
  const broken = await run(store.upload('web.tar', tar.subarray(600)));
  assert.equal(broken.kind, 'refused', 'an archive whose name is not that of a piece does not wait');
});

test('a missing piece is waited for, then named; when it comes, the next delivery converts', async () => {
  const { store, deps, manifest, run, sidecar } = service();
  const [first, , third, last] = cut(tar);
  store.upload('web.tar.aa', first ?? '');
  store.upload('web.tar.ac', third ?? '');
  sidecar('web.tar.ad', { pieces: NAMES });
  const notice = store.upload('web.tar.ad', last ?? '');
  await assert.rejects(run(notice), breaks('piece-missing'));
  assert.deepEqual(store.written, []);
  await failInspection(notice, { kind: 'error', code: 'piece-missing' }, deps);
  const given = manifest('web.tar.ad');
  assert.deepEqual([given.outcome, given.findings.map((each) => each.code)], ['failed', ['piece-missing', 'gave-up']]);
  assert.match(given.summary, /web\.tar\.ab is missing/);
  store.upload('web.tar.ab', '');
  assert.equal((await run(notice)).kind, 'converted');
});

test('a sidecar cannot make the service read what is not a piece of the same file in the same folder', async () => {
  const cases: [RegExp, ...string[]][] = [
    [/"secret\/web\.tar\.aa" is not a name in the folder/, 'secret/web.tar.aa', 'web.tar.ab'],
    [/"\.\.\/web\.tar\.aa" is not a name/, '../web.tar.aa', 'web.tar.ab'],
    [/"s3:\/\/other\/web\.tar\.aa" is not a name/, 's3://other/web.tar.aa', 'web.tar.ab'],
    [
      /payroll\.tar is not named like a piece|not named like a piece of the same file as payroll/,
      'payroll.tar',
      'web.tar.ab',
    ],
    [/web\.tar\.aa is missing/, 'web.tar.ab'],
    [/does not list this upload/, 'web.tar.aa'],
    [/does not list this upload/, 'db.tar.aa', 'db.tar.ab'],
  ];
  for (const [sentence, ...pieces] of cases) {
    const { store, manifest, run, sidecar } = service();
    for (const key of ['secret/web.tar.aa', 'web.tar.aa', 'team/web.tar.aa', 'payroll.tar']) store.upload(key, tar);
    sidecar('team/web.tar.ab', { pieces });
    assert.equal((await run(store.upload('team/web.tar.ab', tar.subarray(600)))).kind, 'refused', String(sentence));
    assert.match(
      manifest('team/web.tar.ab')
        .findings.map((each) => each.message)
        .join(),
      sentence,
    );
  }
  const many = service();
  many.sidecar('web.part1001', { pieces: Array.from({ length: LIMITS.pieces + 1 }, (_, i) => `web.part${i + 1}`) });
  await many.run(many.store.upload('web.part1001', tar));
  assert.match(many.manifest('web.part1001').summary, /the most allowed is 1,000/);
});

test('all pieces together count for the limit of the operators', async () => {
  const { store, deps, manifest, sidecar } = service();
  cut(tar).forEach((piece, i) => store.upload(NAMES[i] ?? '', piece));
  sidecar('web.tar.ad', { pieces: NAMES });
  const notice = { bucket: 'uploads', key: 'web.tar.ad', versionId: null, etag: null, sequencer: null };
  await inspectUpload(notice, { ...deps, policy: { maxUploadBytes: tar.length - 1 } });
  assert.equal(manifest('web.tar.ad').findings[0]?.code, 'limit-exceeded');
});

test('a piece that is replaced while it is read, or before it is converted, is read anew, never mixed', async () => {
  const { store, deps, manifest, run, sidecar } = service();
  const other = archive([...exportEntries(), { name: 'etc/new', body: 'x' }]);
  const pieces = cut(tar);
  pieces.forEach((piece, i) => store.upload(NAMES[i] ?? '', piece));
  sidecar('web.tar.ad', { pieces: NAMES });
  const notice = { bucket: 'uploads', key: 'web.tar.ad', versionId: null, etag: null, sequencer: null };
  const source: typeof store.source = (identity) => {
    store.upload('web.tar.aa', other.subarray(512, 612));
    return store.source(identity);
  };
  const uploads = Object.assign(Object.create(store) as MemoryStore, { source });
  await assert.rejects(inspectUpload(notice, { ...deps, uploads }), breaks('piece-changed'));
  store.upload('web.tar.aa', pieces[0] ?? '');

  const inspected = await inspectUpload(notice, deps);
  assert.equal(inspected.kind, 'handed-on');
  store.upload('web.tar.ac', other.subarray(100, 2000));
  store.upload('web.tar.ad', pieces[3] ?? '');
  const key = 'web.tar.ad/inspection.json';
  await assert.rejects(convertUpload(key, deps), breaks('piece-changed'));
  const back: string[] = [];
  const handBack: ServiceDeps['handBack'] = async (upload) => void back.push(upload.key);
  assert.equal((await convertUpload(key, { ...deps, handBack })).kind, 'handed-back');
  assert.deepEqual(back, ['web.tar.ad']);
  assert.ok(!store.results.has('web.tar.ad/image.tar'));
  store.upload('web.tar.ac', pieces[2] ?? '');
  assert.equal((await run(notice)).kind, 'converted');
  assert.equal(manifest('web.tar.ad').outcome, 'converted');

  const changed = Buffer.from(pieces[3] ?? '');
  store.upload('web.tar.ac', Buffer.concat([pieces[2] ?? tar, changed.subarray(0, 512)]));
  assert.notEqual((await run(notice)).kind, 'already-done', 'the event of the last piece, delivered again');
  store.upload('web.tar.ad', 'newer');
  const gone = await convertUpload(key, deps);
  assert.equal(gone.kind, 'gone', 'the last piece is the upload itself');
});
