import assert from 'node:assert/strict';
import { test } from 'node:test';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { collect } from '../../support/bytes.ts';
import { dockerArchive, type ImageSpec, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const layers = ['base', 'top'].map((body) => archive([{ name: body, body }]));
const web: ImageSpec = { names: ['docker.io/library/web:1'], layers };

/** The members of an archive that has only regular files. */
function entriesOf(bytes: Buffer): (Entry & { end: number; body: Buffer })[] {
  const entries = [];
  for (let at = 0; bytes[at] !== 0;) {
    const name = bytes.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8);
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const body = bytes.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
    entries.push({ name, type, body, end: at });
  }
  return entries;
}

/** The archive, with the text of one document changed. */
function edited(bytes: Buffer, document: string, change: (text: string) => string): Buffer {
  const body = (each: { name: string; body: Buffer }) =>
    each.name === document ? Buffer.from(change(each.body.toString())) : each.body;
  return archive(entriesOf(bytes).map((each) => ({ name: each.name, type: each.type ?? '0', body: body(each) })));
}

/** An archive that lists the same image in both `manifest.json` and `index.json`, with shared blobs. */
function hybrid(): Buffer {
  const entries = entriesOf(ociArchive([web]));
  const [first, second] = layers.map((layer) => `blobs/sha256/${sha256(layer).slice(7)}`);
  const config = entries.find(({ body }) => body.includes('"rootfs"'))?.name;
  const list = [{ Config: config, RepoTags: web.names, Layers: [first, second] }];
  const body = Buffer.from(JSON.stringify(list));
  return archive([...entries.map(({ name, body: own }) => ({ name, body: own })), { name: 'manifest.json', body }]);
}

async function codes(bytes: Uint8Array): Promise<string[]> {
  return (await inspectBytes(bytes)).findings.map((each) => each.code);
}

async function rebuilt(bytes: Uint8Array, name: string[] = ['web:2'], key = 'upload.tar') {
  const request = parseOptions({ ...NO_OPTIONS, name }, key);
  assert.ok(request.ok);
  const made = await convert(await inspectBytes(bytes), request.value, plainTools, { always: true });
  assert.equal(made.kind, 'converted', made.findings.map((each) => each.message).join(' '));
  return inspectBytes(await collect(stream(made.conversion.plan, sourceOf(bytes), plainTools)));
}

test('an image archive that is cut between two members is never taken for something else', async () => {
  for (const bytes of [dockerArchive([web]), ociArchive([web])]) {
    const ends = entriesOf(bytes).filter(({ name }, i) => i > 0 || !name.endsWith('/'));
    for (const { end } of ends.slice(0, -1)) {
      const { kind, findings } = await inspectBytes(bytes.subarray(0, end));
      const errors = findings.filter((each) => each.severity === 'error' && each.code === 'image-unlisted');
      assert.deepEqual([kind, errors.length], ['image/incomplete', 1], `cut at ${end}`);
    }
  }
});

test('a document that is no JSON is named', async () => {
  const broken = (text: string) => text.replace('{', '[');
  for (const [bytes, document] of [
    [dockerArchive([web]), 'manifest.json'],
    [ociArchive([web]), 'index.json'],
    [hybrid(), 'oci-layout'],
    [hybrid(), 'index.json'],
    [hybrid(), 'manifest.json'],
  ] as const) {
    const { findings } = await inspectBytes(edited(bytes, document, broken));
    assert.ok(
      findings.some((each) => each.code === 'document-unreadable' && each.member === document),
      document,
    );
  }
});

const EDITS: [string, string, (text: string) => string][] = [
  ['a size', 'index.json', (text) => text.replace(/"size":(\d+)/, '"size":9$1')],
  ['a media type', 'index.json', (text) => text.replace('image.manifest', 'image.manifesto')],
  ['the version of the layout', 'oci-layout', (text) => text.replace('1.0.0', '1.0.1')],
];

for (const [what, document, change] of EDITS) {
  test(`${what} that clients refuse is named, and put right by a conversion`, async () => {
    const bytes = edited(ociArchive([web]), document, change);
    assert.ok((await codes(bytes)).includes('layout-refused'));
    const again = await rebuilt(bytes);
    assert.deepEqual([again.kind, again.findings.map((each) => each.code)], ['image/hybrid', ['image-archive']]);
  });
}

test('a byte order mark is named in whichever document it is, and is not written again', async () => {
  for (const document of ['manifest.json', 'index.json', 'oci-layout']) {
    const marked = edited(hybrid(), document, (text) => `\ufeff${text}`);
    const { findings } = await inspectBytes(marked);
    assert.equal(findings.find((each) => each.code === 'byte-order-mark')?.member, document);
    assert.deepEqual(
      (await rebuilt(marked)).findings.map((each) => each.code),
      ['image-archive'],
    );
  }
});

test('a byte order mark of a config is left out of the one that is written', async () => {
  const bytes = dockerArchive([web]);
  const config = entriesOf(bytes).find(({ body }) => body.includes('"rootfs"'));
  assert.ok(config !== undefined);
  const marked = Buffer.concat([Buffer.from('\ufeff'), config.body]);
  const entries = entriesOf(edited(bytes, 'manifest.json', (text) => text.replace(config.name, 'config.json')));
  const { findings } = await inspectBytes(archive([...entries, { name: 'config.json', body: marked }]));
  assert.equal(findings.find((each) => each.code === 'byte-order-mark')?.member, 'config.json');
  const again = await rebuilt(archive([...entries, { name: 'config.json', body: marked }]));
  assert.equal(again.images[0]?.configDigest, sha256(config.body));
});

const NO_TIMES = [
  '',
  '2024-02-20T10:00:00',
  '2024-02-30T10:00:00Z',
  '2024-02-20 10:00:00Z',
  'yesterday',
  1_700_000_000,
];

/** JSON with the keys of all fields in capitals; the keys of annotations contain dots and stay as they are. */
const shouted = (text: string): string => text.replace(/"(\w+)":/g, (key) => key.toUpperCase());

test('keys are read in any letter case, as the clients do', async () => {
  for (const document of ['manifest.json', 'index.json', 'oci-layout']) {
    const { kind, images, findings } = await inspectBytes(edited(hybrid(), document, shouted));
    assert.deepEqual([kind, images.length], ['image/hybrid', 1], document);
    assert.deepEqual(
      findings.map((each) => each.code),
      ['image-archive'],
      document,
    );
  }
});

test('a config with keys in another letter case stays as it is, unless something in it is wrong', async () => {
  const bytes = dockerArchive([web]);
  const config = entriesOf(bytes).find(({ body }) => body.includes('"rootfs"'));
  assert.ok(config !== undefined);
  const text = shouted(config.body.toString());
  const withConfig = (body: string) => {
    const listed = edited(bytes, 'manifest.json', (list) => list.replace(config.name, 'config.json'));
    return archive([...entriesOf(listed), { name: 'config.json', body }]);
  };
  const kept = await rebuilt(withConfig(text));
  assert.equal(kept.images[0]?.configDigest, sha256(Buffer.from(text)));
  const { images } = await rebuilt(withConfig(text.replace('"HISTORY":[', '"CREATED":"","HISTORY":[{},{},')));
  const [image] = images;
  assert.deepEqual(
    [image?.created, image?.history, image?.platform],
    [null, [], { os: 'linux', architecture: 'amd64' }],
  );
});

test('a tag without a name goes to the name that the upload gives; one in the key goes before', async () => {
  const tagged = (...tags: string[]) =>
    edited(ociArchive([web]), 'index.json', (text) => {
      const index = JSON.parse(text) as { manifests: object[] };
      const entries = tags.map((tag) => ({
        ...index.manifests[0],
        annotations: { 'org.opencontainers.image.ref.name': tag },
      }));
      return JSON.stringify({ ...index, manifests: entries });
    });
  const { images, findings } = await inspectBytes(tagged('1', 'V2'));
  assert.deepEqual([images[0]?.names, images[0]?.tags], [[], ['1', 'V2']]);
  const found = findings.find((each) => each.code === 'tag-without-name');
  assert.match(found?.message ?? '', /only a tag \(`1`, `V2`\) and no name/);
  assert.ok(findings.every((each) => each.code !== 'names-missing' && each.code !== 'name-refused'));
  const cases: [string, string[], string[]][] = [
    ['team/app.tar', ['1', 'V2'], ['docker.io/team/app:1', 'docker.io/team/app:V2']],
    ['app:3.tar', ['latest'], ['docker.io/library/app:3']],
  ];
  for (const [key, tags, names] of cases) {
    assert.deepEqual((await rebuilt(tagged(...tags), [], key)).images[0]?.names, names);
  }
  assert.deepEqual((await rebuilt(tagged('1'))).images[0]?.names, ['docker.io/library/web:2']);
});

test('a time that clients cannot read is named, and left out', async () => {
  for (const created of NO_TIMES) {
    for (const more of [{ created }, { history: [{ created, created_by: 'one' }, { created_by: 'two' }] }]) {
      const bytes = dockerArchive([{ ...web, more }]);
      const found = (await inspectBytes(bytes)).findings.find((each) => each.code === 'created-unreadable');
      assert.ok(found?.message.includes(JSON.stringify(created)), JSON.stringify(more));
      const again = await rebuilt(bytes);
      assert.deepEqual(
        again.findings.map((each) => each.code),
        ['image-archive'],
      );
      assert.equal(again.images[0]?.history.length, 2);
    }
  }
});

test('a time that clients read stays as it is', async () => {
  for (const created of [null, '2024-02-29T10:00:00Z', '2024-02-20T1:00:00,5+08:00', '0001-01-01T00:00:00Z']) {
    const bytes = dockerArchive([{ ...web, more: { created, history: [{ created }] } }]);
    assert.ok(!(await codes(bytes)).includes('created-unreadable'), String(created));
    const { images } = await inspectBytes(bytes);
    assert.equal((await rebuilt(bytes)).images[0]?.configDigest, images[0]?.configDigest);
  }
});

test('a sound index is not refused', async () => {
  for (const bytes of [ociArchive([web]), hybrid()]) assert.ok(!(await codes(bytes)).includes('layout-refused'));
});

test('an index that points to no digest, or not to all images, is named', async () => {
  const spoilt = (text: string) => text.replace('sha256', 'sha25');
  assert.ok((await codes(edited(hybrid(), 'index.json', spoilt))).includes('image-incomplete'));
  const short = edited(hybrid(), 'index.json', () => '{"schemaVersion":2,"manifests":null}');
  assert.ok((await codes(short)).includes('index-short'));
  assert.equal((await rebuilt(short)).kind, 'image/hybrid');
});

test('an image that manifest.json leaves without a name has the one that index.json gives it', async () => {
  const bytes = edited(hybrid(), 'manifest.json', (text) => text.replace(/"RepoTags":\[.*?\]/, '"RepoTags":null'));
  const { images, findings } = await inspectBytes(bytes);
  assert.deepEqual(images[0]?.names, web.names);
  assert.match(findings.find((each) => each.code === 'names-differ')?.message ?? '', /<none>/);
  assert.deepEqual((await rebuilt(bytes, [])).images[0]?.names, web.names);
});

test('a name in index.json that podman refuses is named, a tag alone is not', async () => {
  for (const [name, refused] of [
    ['V1', true],
    ['ghcr.io/Team/app:1', true],
    ['v1', false],
    ['app:1', false],
  ] as const) {
    assert.equal((await codes(ociArchive([{ ...web, names: [name] }]))).includes('name-refused'), refused, name);
  }
});

test('a packed folder of the dir: transport is an image, and comes out as one that loads', async () => {
  const blobs = entriesOf(ociArchive([web])).filter(({ name }) => name.startsWith('blobs/'));
  const manifest = blobs.find(({ body }) => body.includes('schemaVersion'))?.body ?? '';
  const flat = blobs.map(({ name, body }) => ({ name: name.replace('blobs/sha256/', ''), body }));
  const bytes = archive([
    ...flat,
    { name: 'manifest.json', body: manifest },
    { name: 'version', body: 'Directory Transport Version: 1.1\n' },
  ]);
  const { kind, images, findings } = await inspectBytes(bytes);
  assert.equal(kind, 'image/directory');
  assert.equal(images[0]?.layers.length, 2);
  assert.deepEqual(
    findings.filter((each) => each.severity === 'error'),
    [],
  );
  assert.ok(findings.some((each) => each.code === 'directory-only'));
  const again = await rebuilt(bytes);
  assert.deepEqual([again.kind, again.images[0]?.names], ['image/hybrid', ['docker.io/library/web:2']]);
  const layer = entriesOf(bytes).find(({ body }) => body.includes('base'));
  const damaged = edited(bytes, layer?.name ?? '', (text) => text.replace('base', 'bose'));
  assert.ok((await codes(damaged)).includes('blob-damaged'));
});

test('the finding about an entry of manifest.json without a config names that entry, and no other fault has it', async () => {
  const sentences = async (more: string): Promise<string> => {
    const bytes = edited(dockerArchive([web]), 'manifest.json', (text) => text.replace(/\]$/, `,${more}]`));
    return (await inspectBytes(bytes)).findings.map(({ message }) => message).join('\n');
  };
  assert.match(await sentences('null'), /entry 2 names no config/);
  const wrongLayers = await sentences('{"Config":"c.json","Layers":{"a":5}}');
  assert.match(wrongLayers, /\[1\]\.Layers/);
  assert.doesNotMatch(wrongLayers, /names no config/);
});
