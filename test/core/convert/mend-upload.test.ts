import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { mendUpload } from '../../../core/convert/mend-upload.ts';
import { layersOf } from '../../../core/files/files.ts';
import { LIMITS } from '../../../core/limits.ts';
import { manifestOf } from '../../../core/manifest/manifest.ts';
import type { Source } from '../../../core/model/ports.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, type Entry, exportEntries, hole } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const TWICE: Entry[] = [
  { name: 'etc/twice', body: 'one' },
  { name: 'etc/twice', body: 'two' },
];

test('an upload is read again only when something can be mended and it is asked for', async () => {
  for (const [entries, mend] of [
    [[], true],
    [TWICE, false],
  ] as const) {
    const { passes, opened, manifest } = await converted(archive([...exportEntries(), ...entries]), { mend });
    assert.deepEqual([passes, opened, manifest.mended], [0, 0, undefined]);
    assert.equal(manifest.outcome, mend ? 'converted' : 'refused');
  }
});

for (const [form, wrap] of [
  ['plain', (bytes: Buffer) => bytes],
  ['gzip', (bytes: Buffer) => gzipSync(bytes)],
] as const) {
  test(`a container archive in ${form} form is mended, and its layer has the digest that the manifest tells`, async () => {
    const upload = wrap(archive([...exportEntries(), ...TWICE]));
    const { image, manifest, passes } = await converted(upload, { mend: true });
    const layer = archive([...exportEntries(), ...TWICE.slice(1)]);
    assert.equal(manifest.result?.images[0]?.layers[0]?.diffID, sha256(layer));
    assert.ok(image?.includes(layer));
    assert.deepEqual(manifest.mended, {
      counts: { replaced: 1 },
      listed: [{ change: 'replaced', member: 'etc/twice' }],
    });
    assert.equal(passes, 2);
    assert.deepEqual(faultsOf(manifest.findings), ['duplicate-path, mended']);
    assert.equal(manifest.source.digest, sha256(upload));
  });
}

for (const compress of ['gzip', 'zstd', 'none'] as const)
  test(`a mended layer is written as asked for: ${compress}`, async () => {
    const layer = archive([...exportEntries(), ...TWICE]);
    const diffID = sha256(archive([...exportEntries(), ...TWICE.slice(1)]));
    const images = dockerArchive([{ names: ['web:1'], layers: [gzipSync(layer)] }]);
    for (const upload of [layer, gzipSync(layer), images]) {
      const { image, manifest } = await converted(upload, { mend: true, compress });
      const [written] = manifest.result?.images[0]?.layers ?? [];
      assert.match(written?.mediaType ?? '', compress === 'none' ? /tar$/ : new RegExp(`tar\\+${compress}$`));
      assert.equal(written?.diffID, diffID);
      assert.ok(image !== null);
      const again = await inspectBytes(image);
      assert.ok(again.findings.every(({ severity }) => severity !== 'error'));
      assert.equal(again.images[0]?.layers[0]?.diffID, diffID);
    }
  });

test('what is wrong beside what was mended is refused as before', async () => {
  const nameless: Entry = { name: '', body: 'x' };
  const { image, manifest } = await converted(archive([...exportEntries(), ...TWICE, nameless]), { mend: true });
  assert.equal(image, null);
  assert.ok(manifest.findings.some(({ code }) => code === 'no-name'));
});

test('a container archive that is the only file of another archive is mended there', async () => {
  const inner = archive([...exportEntries(), ...TWICE]);
  const { image, manifest } = await converted(archive([{ name: 'web.tar', body: inner }]), { mend: true });
  assert.equal(manifest.result?.images[0]?.layers[0]?.diffID, sha256(archive([...exportEntries(), ...TWICE.slice(1)])));
  assert.ok(image !== null && faultsOf(manifest.findings).includes('duplicate-path, mended'));
});

test('an image archive with sound layers in a folder is not read again', async () => {
  const image = { names: ['a:1'], layers: [archive([{ name: 'bin/sh', body: 'sh', mode: 0o755 }])] };
  const { passes, opened, manifest } = await converted(ociArchive([image], 'folder/'), { mend: true });
  assert.deepEqual([passes, opened, manifest.outcome], [0, 0, 'converted']);
});

test('an end that is cut off is added; an archive that is cut off inside a member stays refused', async () => {
  const whole = archive([...exportEntries(), { name: 'etc/last', body: 'x' }]);
  for (const wrap of [(bytes: Buffer) => bytes, (bytes: Buffer) => gzipSync(bytes)]) {
    for (const cut of [1, 700]) {
      const { image, manifest } = await converted(wrap(whole.subarray(0, whole.length - cut)), { mend: true });
      assert.ok(image?.includes(whole));
      assert.equal(manifest.result?.images[0]?.layers[0]?.diffID, sha256(whole));
      assert.deepEqual(manifest.mended?.counts, { 'end-added': 1 });
      assert.deepEqual(faultsOf(manifest.findings), ['truncated, mended']);
    }
    for (const cut of [1024 + 512, 1024 + 512 + 200]) {
      const { image, manifest } = await converted(wrap(whole.subarray(0, whole.length - cut)), { mend: true });
      assert.deepEqual([image, manifest.outcome, manifest.findings[0]?.code], [null, 'refused', 'truncated']);
    }
  }
});

test('layers of an image are mended, each once, and the others and the config stay', async () => {
  const sound = archive([
    { name: 'bin/', type: '5' },
    { name: 'bin/sh', body: 'sh', mode: 0o755 },
  ]);
  const twice = archive(TWICE);
  const config = { Cmd: ['sh'], Labels: { a: 'b' } };
  const upload = dockerArchive([
    { names: ['a:1'], layers: [sound, gzipSync(twice)], config },
    { names: ['b:1'], layers: [sound, gzipSync(twice), sound], config },
  ]);
  assert.equal((await converted(upload, {})).image, null);
  const { image, manifest, inspection } = await converted(upload, { mend: true });
  const diffIDs = [sound, archive(TWICE.slice(1))].map((layer) => sha256(layer));
  assert.deepEqual(
    manifest.result?.images.map(({ layers }) => layers.map(({ diffID }) => diffID)),
    [diffIDs, [...diffIDs, diffIDs[0]]],
  );
  assert.deepEqual(manifest.result?.images[0]?.config, config);
  assert.deepEqual(manifest.mended?.counts, { replaced: 1 });
  assert.deepEqual(
    layersOf(inspection, 0)?.map(({ size }) => size),
    [sound.length, twice.length],
    'the upload can still be read',
  );
  assert.ok(image !== null && image.includes(sound));
  const again = await inspectBytes(image);
  assert.deepEqual(faultsOf(again.findings), []);
});

test('a hard link in an upper layer whose target is elsewhere is refused still', async () => {
  const layers = [archive([{ name: 'a' }]), archive([...TWICE, { name: 'b', type: '1', linkname: 'a' }])];
  const { image, manifest } = await converted(dockerArchive([{ names: ['a:1'], layers, config: {} }]), { mend: true });
  assert.equal(image, null);
  assert.ok(manifest.findings.some(({ code, message }) => code === 'layer-refused' && message.includes('hard link b')));
});

test('sparse files with too many holes are refused', async () => {
  const entry = hole('etc/disk', LIMITS.filledBytes + 2);
  const { image, manifest } = await converted(archive([...exportEntries(), entry]), { mend: true });
  assert.equal(image, null);
  assert.equal(manifest.findings[0]?.code, 'limit-exceeded');
  // Two layers that fill no more than the limit each.
  const layers = ['a', 'b'].map((name) => archive([hole(name, LIMITS.filledBytes / 2 + 2)]));
  const both = await converted(dockerArchive([{ names: ['a:1'], layers, config: {} }]), { mend: true });
  assert.equal(both.image, null);
  assert.ok(both.manifest.findings.some(({ code }) => code === 'limit-exceeded'));
});

test('a small upload fills no more holes than it may expand to', async () => {
  const upload = gzipSync(archive([...exportEntries(), hole('etc/disk', LIMITS.expandedBytes + 2 ** 26)]));
  const { image, manifest } = await converted(upload, { mend: true });
  assert.equal(image, null);
  assert.match(manifest.findings[0]?.message ?? '', /holes of sparse files/);
});

test('layers that are small when compressed share the bounds of what is changed, and the list of changes', async () => {
  const layer = (count: number, n: number) =>
    archive([{ name: `${n}` }, ...Array.from({ length: count }, (_, i) => ({ name: `../${i}` }))]);
  const image = (count: number, layers: number) =>
    gzipSync(dockerArchive([{ names: ['a:1'], layers: Array.from({ length: layers }, (_, n) => layer(count, n)) }]));
  const few = await converted(image(700, 3), { mend: true });
  assert.equal(few.manifest.mended?.counts.renamed, 2100);
  assert.equal(few.manifest.mended?.listed.length, LIMITS.mendedListed);
  const many = await converted(image(5000, LIMITS.changedMembers / 5000 + 1), { mend: true });
  assert.equal(many.image, null);
  assert.match(many.manifest.findings[0]?.message ?? '', /members that mending changes, moves or leaves out/);
});

/** Converts an upload as the command line does. `opened` is how often it was opened to mend it. */
test('only the layers of the chosen image are mended, and what is wrong with others is told as it is', async () => {
  const [sound, twice] = [archive(exportEntries()), archive(TWICE)];
  const broken = archive([{ name: 'link', type: '1', linkname: 'nowhere' }]);
  const upload = dockerArchive([
    { names: ['sound:1'], layers: [sound] },
    { names: ['twice:1'], layers: [sound, twice] },
    { names: ['broken:1'], layers: [sound, broken] },
  ]);
  const first = await converted(upload, { mend: true, image: 'sound:1' });
  assert.deepEqual([first.manifest.outcome, first.manifest.mended], ['converted', undefined]);
  assert.deepEqual(faultsOf(first.manifest.findings), ['layer-refused', 'layer-refused']);
  const second = await converted(upload, { mend: true, image: 'twice:1' });
  assert.deepEqual(second.manifest.mended?.counts, { replaced: 1 });
  assert.deepEqual(faultsOf(second.manifest.findings).toSorted(), ['layer-refused', 'layer-refused, mended']);
});

async function converted(upload: Buffer, options: Partial<RawOptions>) {
  const request = parseOptions({ ...NO_OPTIONS, ...options }, 'upload.tar');
  assert.ok(request.ok);
  let opened = 0;
  const source: Source = { open: (start, end) => (opened++, chunked(upload.subarray(start, end), 1000)) };
  const seen = await inspectBytes(upload, 4000);
  const { inspection, passes } = await mendUpload(seen, request.value, source, plainTools);
  const mends = opened;
  const outcome = await convert(inspection, request.value, plainTools, { always: true });
  const image =
    outcome.kind === 'converted' ? await collect(stream(outcome.conversion.plan, source, plainTools)) : null;
  const place = { bucket: null, key: 'upload.tar', versionId: null, etag: null, sequencer: null };
  const manifest = manifestOf({
    source: { ...place, size: upload.length, digest: null },
    inspection,
    converted: outcome,
    result: image === null ? null : { key: 'image.tar', uri: 'image.tar' },
    cost: { bytesRead: 0, bytesSent: 0, seconds: 0 },
    version: '0',
  });
  return { image, manifest, inspection, passes, opened: mends };
}

function faultsOf(findings: readonly { code: string; severity: string; mended?: true }[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .filter(({ code }) => !/^(?:platform-assumed|tag-latest|parent-missing|docker-only)$/.test(code))
    .map(({ code, mended }) => (mended === true ? `${code}, mended` : code));
}
