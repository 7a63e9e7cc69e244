import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32, gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { conversionOf } from '../../../core/convert/conversion.ts';
import { layout, type LayerToWrite } from '../../../core/convert/layout.ts';
import { rootfsEntry, type RootfsImage } from '../../../core/convert/rootfs-image.ts';
import type { Conversion } from '../../../core/model/converted.ts';
import type { Digest } from '../../../core/model/digest.ts';
import { LadingError } from '../../../core/model/errors.ts';
import type { Reference } from '../../../core/model/reference.ts';
import { nativeTools } from '../../../node/tools.ts';

const UPLOAD = Buffer.from('stands for a root file system; its bytes are never looked at here');

const APP: Reference = {
  domain: 'docker.io',
  path: 'library/app',
  tag: '1.0',
  canonical: 'docker.io/library/app:1.0',
  familiar: 'app:1.0',
};
const TEAM: Reference = {
  domain: 'localhost:5000',
  path: 'team/app',
  tag: '2',
  canonical: 'localhost:5000/team/app:2',
  familiar: 'localhost:5000/team/app:2',
};

function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function input(changes: Partial<RootfsImage> = {}, stored: Uint8Array = UPLOAD): RootfsImage {
  return {
    layer: { size: stored.length, digest: sha256(stored), crc32: crc32(stored), compression: 'none' },
    diffID: sha256(UPLOAD),
    part: { kind: 'range', start: 0, end: stored.length },
    names: [APP],
    config: { Cmd: ['/bin/sh'], Env: ['PATH=/bin'], Labels: { b: '2', a: '1' }, User: '' },
    platform: { os: 'linux', architecture: 'arm', variant: 'v7' },
    created: 1_700_000_000,
    message: null,
    ...changes,
  };
}

function lay(changes: Partial<RootfsImage> = {}, stored: Uint8Array = UPLOAD): Promise<Conversion> {
  return conversionOf([rootfsEntry(input(changes, stored))], false, nativeTools({ threads: false }));
}

/** The archive as it would be in a file. */
function written({ plan }: Conversion, stored: Uint8Array = UPLOAD): Buffer {
  return Buffer.concat(
    plan.parts.map((part) => {
      assert.ok(part.kind !== 'recoded' && part.kind !== 'rewritten');
      return part.kind === 'bytes' ? part.bytes : stored.subarray(part.start, part.end);
    }),
  );
}

async function membersOf(archive: Buffer): Promise<{ name: string; header: object; text: string }[]> {
  const reader = extract();
  reader.end(archive);
  const members = [];
  for await (const entry of reader) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    const { name, ...header } = entry.header;
    members.push({ name, header, text: Buffer.concat(chunks).toString() });
  }
  return members;
}

async function documents(changes: Partial<RootfsImage>): Promise<Map<string, string>> {
  const members = await membersOf(written(await lay(changes)));
  return new Map(members.map(({ name, text }) => [name, text]));
}

test('the archive has the golden digest: a change of its bytes needs a new version', async () => {
  assert.equal(sha256(written(await lay())), 'sha256:21dc7618be36023764c5bf12a65bb18c2a67adcde8326da97cd08d69c9b1ce5c');
});

test('the same input gives the same bytes, whatever the order of keys in its maps', async () => {
  const other = { Labels: { a: '1', b: '2' }, Env: ['PATH=/bin'], Cmd: ['/bin/sh'], Shell: [], Volumes: {} };
  assert.deepEqual(written(await lay({ config: other })), written(await lay()));
});

test('metadata comes first and the layer last, named by their digests, with no trace of the machine', async () => {
  const made = await lay();
  const members = await membersOf(written(made));
  const { imageId, manifestDigest } = made.result.images[0] ?? {};
  const blobs = [imageId, manifestDigest, sha256(UPLOAD)].map((digest) =>
    (digest ?? '').replace('sha256:', 'blobs/sha256/'),
  );
  assert.deepEqual(
    members.map(({ name }) => name),
    ['oci-layout', 'index.json', 'manifest.json', 'repositories', ...blobs],
  );
  for (const { name, header, text } of members) {
    if (name.startsWith('blobs/')) assert.equal(`blobs/sha256/${sha256(Buffer.from(text)).slice(7)}`, name);
    const plain = { mode: 0o644, uid: 0, gid: 0, uname: '', gname: '', type: 'file', mtime: new Date(0) };
    assert.partialDeepStrictEqual(header, plain);
  }
});

test('GNU tar reads the archive to its end without a warning', async () => {
  const listed = execFileSync('tar', ['-tvf', '-'], { input: written(await lay()), stdio: ['pipe', 'pipe', 'pipe'] });
  assert.equal(listed.toString().trim().split('\n').length, 7);
});

test('a layer of more than 8 GiB has a header that tar understands', async (t) => {
  const size = 9 * 2 ** 30;
  const { plan } = await lay({
    layer: { size, digest: sha256(UPLOAD), crc32: 0, compression: 'none' },
    part: { kind: 'range', start: 0, end: size },
  });
  const directory = mkdtempSync(join(tmpdir(), 'lading-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'sparse.tar');
  const head = plan.parts[0];
  assert.ok(head?.kind === 'bytes');
  writeFileSync(file, head.bytes);
  truncateSync(file, plan.size);
  assert.match(
    execFileSync('tar', ['-tvf', file]).toString(),
    /9663676416 1970-01-01 .*blobs\/sha256\/[0-9a-f]{64}\n$/,
  );
});

test('size and CRC-32 of the plan are those of the archive, for layers of any length', async () => {
  for (const length of [0, 1, 511, 512, 513, 5000]) {
    const stored = Buffer.alloc(length, 'x');
    const made = await lay({}, stored);
    const archive = written(made, stored);
    assert.equal(archive.length % 512, 0);
    assert.equal(made.result.size, archive.length);
    assert.equal(made.result.crc32, crc32(archive).toString(16).padStart(8, '0'));
    assert.ok(archive.subarray(-1024).every((byte) => byte === 0));
  }
});

test('the config is compact JSON in the key order of Go, without empty fields', async () => {
  const made = await lay();
  const texts = await documents({});
  assert.equal(
    texts.get((made.result.images[0]?.imageId ?? '').replace('sha256:', 'blobs/sha256/')),
    `{"created":"2023-11-14T22:13:20Z","architecture":"arm","variant":"v7","os":"linux",` +
      `"config":{"Env":["PATH=/bin"],"Cmd":["/bin/sh"],"Labels":{"a":"1","b":"2"}},` +
      `"rootfs":{"type":"layers","diff_ids":["${sha256(UPLOAD)}"]},` +
      `"history":[{"created":"2023-11-14T22:13:20Z","created_by":"ADD ${sha256(UPLOAD)} in /",` +
      `"comment":"Imported from a container export by Lading"}]}`,
  );
});

test('every field of the execution defaults is kept, the health check included', async () => {
  const config = {
    User: 'web',
    ExposedPorts: { '80/tcp': {} },
    Env: ['A=1'],
    Entrypoint: ['/init'],
    Cmd: ['run'],
    Volumes: { '/data': {} },
    WorkingDir: '/srv',
    Labels: { a: '' },
    StopSignal: 'SIGTERM',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9, Retries: 3 },
    OnBuild: ['RUN true'],
    Shell: ['/bin/sh', '-c'],
  };
  const { result } = await lay({ config: { ...config, Healthcheck: { ...config.Healthcheck, Timeout: 0 } } });
  assert.equal(JSON.stringify(result.images[0]?.config), JSON.stringify(config));
});

test('each name is written once in every place that a client reads names from', async () => {
  const texts = await documents({
    names: [APP, TEAM, { ...APP, tag: '1.1', canonical: 'docker.io/library/app:1.1', familiar: 'app:1.1' }, APP],
  });
  const canonical = ['docker.io/library/app:1.0', 'localhost:5000/team/app:2', 'docker.io/library/app:1.1'];
  const layer = sha256(UPLOAD).slice(7);
  const [{ RepoTags }] = JSON.parse(texts.get('manifest.json') ?? '');
  assert.deepEqual(RepoTags, canonical);
  const { manifests } = JSON.parse(texts.get('index.json') ?? '');
  assert.deepEqual(
    manifests.map(({ annotations }: { annotations: object }) => annotations),
    canonical.map((name, index) => ({
      'io.containerd.image.name': name,
      'org.opencontainers.image.ref.name': ['1.0', '2', '1.1'][index],
    })),
  );
  assert.deepEqual(JSON.parse(texts.get('repositories') ?? ''), {
    app: { '1.0': layer, '1.1': layer },
    'localhost:5000/team/app': { '2': layer },
  });
});

test('a gzip upload becomes the layer unchanged: its digest is that of the stored bytes, its diffID that of the content', async () => {
  const stored = gzipSync(UPLOAD);
  const made = await lay(
    { layer: { size: stored.length, digest: sha256(stored), crc32: crc32(stored), compression: 'gzip' } },
    stored,
  );
  assert.deepEqual(made.result.images[0]?.layers, [
    {
      mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
      digest: sha256(stored),
      size: stored.length,
      diffID: sha256(UPLOAD),
      createdBy: `ADD ${sha256(UPLOAD)} in /`,
    },
  ]);
});

test('the time of creation stays within the range of RFC 3339', async () => {
  const cases: [number, string][] = [
    [-1, '1970-01-01T00:00:00Z'],
    [1.9, '1970-01-01T00:00:01Z'],
    [1e15, '9999-12-31T23:59:59Z'],
  ];
  for (const [created, expected] of cases) assert.equal((await lay({ created })).result.images[0]?.created, expected);
});

test('a message becomes the history comment', async () => {
  assert.equal((await lay({ message: 'from web-1' })).result.images[0]?.history[0]?.['comment'], 'from web-1');
});

test('a part whose length differs from the layer is refused', async () => {
  await assert.rejects(
    lay({ part: { kind: 'range', start: 0, end: 1 } }),
    (error) => error instanceof LadingError && error.code === 'wrong-size',
  );
});

test('the documents of many images are hashed one after the other: a hasher on a thread takes a megabyte', async () => {
  let [open, most] = [0, 0];
  const tools = nativeTools({ threads: false });
  const counting = {
    ...tools,
    newHasher() {
      const hasher = tools.newHasher();
      most = Math.max(most, ++open);
      return {
        update: (chunk: Uint8Array) => hasher.update(chunk),
        async digest() {
          const digest = await hasher.digest();
          open -= 1;
          return digest;
        },
      };
    },
  };
  const entries = Array.from({ length: 5 }, () => rootfsEntry(input()));
  await conversionOf(entries, false, counting);
  assert.deepEqual([open, most], [0, 1]);
});

test('a compressed upload is expanded once: its layers are written in the order in which they lie there', async () => {
  const layer = (start: number): LayerToWrite => {
    const bytes = Buffer.from(`layer at ${start}`);
    const range = { start, end: start + bytes.length, inner: 'none', size: bytes.length } as const;
    const sums = { size: bytes.length, digest: sha256(bytes), crc32: crc32(bytes) };
    return { ...sums, compression: 'none', diffID: sha256(bytes), part: { kind: 'recoded', outer: 'gzip', ...range } };
  };
  const layers = [9000, 1000, 5000].map(layer);
  const image = { config: Buffer.from('{}'), layers };
  const { plan, images } = await layout([{ names: [APP], image, platforms: [] }], nativeTools({ threads: false }));
  const starts = plan.parts.flatMap((part) => (part.kind === 'recoded' ? [part.start] : []));
  assert.deepEqual(starts, [1000, 5000, 9000]);
  const listed = images[0]?.layers.map(({ digest }) => digest);
  assert.deepEqual(
    listed,
    layers.map(({ digest }) => digest),
    'the image keeps the order of its layers',
  );
});
