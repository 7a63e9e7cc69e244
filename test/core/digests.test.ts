import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { answerTo } from '../support/answer.ts';
import { dockerArchive, legacyArchive, ociArchive } from '../support/image-builder.ts';
import { indexArchive } from '../support/index-builder.ts';
import { bzip2Image, bzip2Sample, xzImage, xzSample } from '../support/packed.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { oddArchives } from '../support/tar-seeds.ts';
import { plainTools, sha256 } from '../support/tools.ts';

// Manifests and image archives stay the same byte for byte, so that a user who keeps the digest of an image can build
// it again. When a change is meant, WRITE_DIGESTS=1 writes the table anew.

const TABLE = join(import.meta.dirname, 'digests.json');

/** Digests of the archive manifest, the plan, and the image archive; the latter two only where there is one. */
type Digests = { manifest: string; plan?: string; image?: string };

const LAYERS = ['bin/sh', 'app'].map((name) => archive([{ name, body: name }]));
const IMAGE = {
  names: ['web:1'],
  layers: [LAYERS[0]!, gzipSync(LAYERS[1]!)],
  config: { Cmd: ['sh'], Env: ['A=b'], Labels: { a: 'b' } },
};
const PLATFORMS = ['amd64', 'arm64'].map((architecture) => ({ architecture, layers: [LAYERS[0]!] }));

const ARCHIVES: Record<string, Uint8Array> = {
  demo: readFileSync(join(import.meta.dirname, '../../examples/web.tar.gz')),
  export: archive(exportEntries()),
  'docker archive': dockerArchive([IMAGE]),
  'docker archive of two images': dockerArchive([IMAGE, { ...IMAGE, names: ['app:2', 'app:3'] }]),
  'OCI archive': ociArchive([IMAGE]),
  'OCI archive in a folder': ociArchive([IMAGE], 'image/'),
  'archive from before Docker 1.10': legacyArchive([IMAGE]),
  'archive for two platforms': indexArchive([{ names: ['web:1'], platforms: PLATFORMS }], {
    docker: true,
    attested: true,
  }),
  'image archive in an archive': archive([{ name: 'image.tar', body: dockerArchive([IMAGE]) }]),
  'bzip2 sample': bzip2Sample,
  'xz sample': xzSample,
  'image archive in bzip2': bzip2Image,
  'image archive in xz': xzImage,
  text: Buffer.from('FROM debian\n'),
  empty: new Uint8Array(),
  'cut export': archive(exportEntries()).subarray(0, 3000),
  ...Object.fromEntries(oddArchives().map((bytes, at) => [`odd archive ${at + 1}`, bytes])),
};

async function digestsOf(bytes: Uint8Array): Promise<Digests> {
  const { manifest, made } = await answerTo(bytes, plainTools);
  const digests = { manifest: sha256(Buffer.from(manifest)) };
  if (made === null) return digests;
  return { ...digests, plan: sha256(Buffer.from(JSON.stringify(made.plan, withBuffers))), image: sha256(made.image) };
}

/** Writes bytes into JSON as those of a Buffer are written. */
function withBuffers(_: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toJSON() : value;
}

test('archive manifests, plans and image archives have the digests in the table', async () => {
  const found: Record<string, Digests> = {};
  for (const [name, bytes] of Object.entries(ARCHIVES)) found[name] = await digestsOf(bytes);
  if (process.env['WRITE_DIGESTS'] !== undefined) writeFileSync(TABLE, `${JSON.stringify(found, null, 2)}\n`);
  assert.deepEqual(found, JSON.parse(readFileSync(TABLE, 'utf8')));
});
