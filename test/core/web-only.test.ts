import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { nativeTools } from '../../node/tools.ts';
import { answerTo } from '../support/answer.ts';
import { dockerArchive, ociArchive } from '../support/image-builder.ts';
import { bzip2Image, bzip2Sample, xzImage, xzSample } from '../support/packed.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { bundled, openPage } from '../support/web-context.ts';

// The core runs where JavaScript runs: bundled for a browser, in a context without anything of Node, it gives what it
// gives in Node with Node's own hashing and inflating.

const CORE = join(import.meta.dirname, '../../core');

/** A container export with a long name, names that are no ASCII and no UTF-8, and a body of several chunks. */
const EXPORT = archive([
  ...exportEntries(),
  { name: `srv/${'long/'.repeat(40)}name`.slice(0, 99), body: 'x'.repeat(5000) },
  { name: 'srv/pax', pax: { path: `srv/${'\xe5\xad\x97'.repeat(60)}`, 'SCHILY.xattr.user.a': 'b' } },
  { name: 'srv/\xff\x80\x9f', body: 'not UTF-8' },
  { name: 'srv/link', type: '2', linkname: '../etc' },
]);
const LAYERS = ['bin/sh', 'app'].map((name) => archive([{ name, body: name }]));
const IMAGE = {
  names: ['web:1'],
  layers: [LAYERS[0]!, gzipSync(LAYERS[1]!)],
  config: { Cmd: ['sh'], Env: ['A=b'], Labels: { a: '字' } },
};
const [FIRST_HALF, OTHER_HALF] = [EXPORT.subarray(0, EXPORT.length / 2), EXPORT.subarray(EXPORT.length / 2)];

/** Each upload, with what it is taken for, and the finding that says so where there is no image archive. */
const UPLOADS: Record<string, [bytes: Uint8Array, kind: string, finding?: string]> = {
  'a container export': [EXPORT, 'rootfs/docker-export'],
  'a container export in gzip': [gzipSync(EXPORT), 'rootfs/docker-export'],
  'several gzip members': [Buffer.concat([gzipSync(FIRST_HALF), gzipSync(OTHER_HALF)]), 'rootfs/docker-export'],
  'gzip with bytes behind it': [Buffer.concat([gzipSync(EXPORT), Buffer.from('behind')]), 'rootfs/docker-export'],
  'an archive of docker save': [dockerArchive([IMAGE]), 'image/docker'],
  'an archive of docker save in gzip': [gzipSync(dockerArchive([IMAGE])), 'image/docker'],
  'an OCI archive': [ociArchive([IMAGE]), 'image/oci'],
  'an OCI archive in gzip': [gzipSync(ociArchive([IMAGE])), 'image/oci'],
  'files in bzip2': [bzip2Sample, 'rootfs/generic'],
  'files in xz': [xzSample, 'rootfs/generic'],
  'an image archive in bzip2': [bzip2Image, 'image/docker'],
  'an image archive in xz': [xzImage, 'image/docker'],
  'a cut container export': [EXPORT.subarray(0, 3000), 'rootfs/generic', 'truncated'],
  'a cut gzip file': [gzipSync(EXPORT).subarray(0, 400), 'not-an-archive', 'gzip-truncated'],
  'a text file': [Buffer.from('FROM debian\nCMD 字\n'), 'not-an-archive', 'not-a-tar'],
  'base64 of an archive': [Buffer.from(EXPORT.toString('base64')), 'not-an-archive', 'encoded-as-text'],
  nothing: [new Uint8Array(), 'empty', 'empty-upload'],
};

test('every file of the core is in a bundle for a browser that needs no module of Node', async () => {
  const files = globSync('**/*.ts', { cwd: CORE });
  assert.ok(files.length > 200);
  await bundled(files.map((file) => `import ${JSON.stringify(join(CORE, file))};`).join('\n'));
});

test('without Node, each upload has the manifest and the image archive that it has with Node', async () => {
  const page = await openPage();
  const tools = nativeTools({ threads: false });
  for (const [name, [bytes, kind, finding]] of Object.entries(UPLOADS)) {
    const expected = await answerTo(bytes, tools);
    const { manifest, made } = await page.answerTo(bytes);
    assert.equal(manifest, expected.manifest, name);
    assert.deepEqual(made && Buffer.from(made.image), expected.made && Buffer.from(expected.made.image), name);
    const { archive: found, findings } = JSON.parse(manifest) as ArchiveManifest;
    assert.equal(found.kind, kind, name);
    if (finding === undefined) assert.notEqual(made, null, name);
    else assert.ok(made === null && findings.some(({ code }) => code === finding), name);
  }
});

test('without Node, a long key has the results that it has with Node', async () => {
  const key = '字'.repeat(341);
  assert.deepEqual({ ...(await openPage()).resultKeys(key) }, resultKeys(key));
});
