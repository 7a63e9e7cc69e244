import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Finding } from '../../../core/catalogue/findings.ts';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import type { Inspection } from '../../../core/model/inspection.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { collect } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { membersOf } from '../../support/members.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive, elf, type Entry, exportEntries } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const base = archive([
  { name: 'bin/', type: '5' },
  { name: 'bin/sh', body: elf(), mode: 0o755 },
]);
const web = { names: ['web:1'], layers: [base], config: { Cmd: ['sh'] } };

async function convertedBytes(bytes: Uint8Array, options: Partial<RawOptions> = {}) {
  const request = parseOptions({ ...NO_OPTIONS, name: ['a:1'], ...options }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(await inspectBytes(bytes), request.value, plainTools);
  return made.kind === 'converted' ? collect(stream(made.conversion.plan, sourceOf(bytes), plainTools)) : null;
}

/** The codes of the findings, except the one for directories that are not listed. */
const codes = ({ findings }: Inspection): string[] =>
  findings.map((each) => each.code).filter((code) => code !== 'parent-missing');

function found(inspection: Inspection, code: Finding['code']): Finding {
  const one = inspection.findings.find((each) => each.code === code);
  assert.ok(one !== undefined, `no ${code} among ${codes(inspection).join(', ')}`);
  for (const { message, remedy } of [one, one.zh])
    assert.doesNotMatch(`${message}${remedy}`, /\{\w+\}|undefined|object/);
  return one;
}

test('an image in a folder is found and unwrapped, whatever files are beside it', async () => {
  const appleDouble = Buffer.concat([Buffer.from([0, 5, 0x16, 7, 0, 2, 0, 0]), Buffer.alloc(120)]);
  const neighbours: Entry[][] = [
    [{ name: '._image', body: appleDouble }],
    [
      { name: '.DS_Store', body: '\0\0\0\x01Bud1' },
      { name: '__MACOSX/', type: '5' },
      { name: '__MACOSX/._image', body: appleDouble },
    ],
    [
      { name: 'README.md', body: 'Load me.\n' },
      { name: 'LICENSE', body: 'x'.repeat(12_000) },
      { name: 'image.sha256', body: 'ab' },
    ],
    [
      { name: 'docker-compose.yml', body: 'services:\n' },
      { name: 'load.sh', body: '#!/bin/sh\n', mode: 0o755 },
      { name: 'Thumbs.db', body: 'x' },
    ],
    [
      { name: 'image/._manifest.json', body: appleDouble },
      { name: 'image/.DS_Store', body: 'x' },
    ],
  ];
  const images: [string, Buffer][] = [
    ['image/', ociArchive([web], 'image/')],
    ['image/', prefixed(dockerArchive([web]), 'image/')],
    ['a/b/', prefixed(dockerArchive([web]), 'a/b/')],
    ['a/b/', ociArchive([web], 'a/b/')],
  ];
  for (const [folder, image] of images) {
    for (const beside of neighbours) {
      for (const bytes of [joined(beside, image), joined([], image, beside)]) {
        const inspection = await inspectBytes(bytes);
        assert.match(inspection.kind, /^image\//, beside.map((each) => each.name).join());
        assert.match(found(inspection, 'wrapped').message, new RegExp(`in the folder \`${folder.slice(0, -1)}\``));
        const again = await inspectBytes((await convertedBytes(bytes)) ?? Buffer.alloc(0));
        assert.deepEqual([again.kind, again.images[0]?.layers[0]?.digest], ['image/hybrid', sha256(base)]);
      }
    }
  }
});

test('an archive of archives, of sources or of several images is not taken for an image in a folder', async () => {
  const image = dockerArchive([web]);
  const bundle = await inspectBytes(
    archive([
      { name: 'images/a.tar', body: image },
      { name: 'images/b.tar', body: image },
      { name: 'README', body: 'x' },
    ]),
  );
  assert.deepEqual([bundle.kind, codes(bundle)], ['plain', ['archive-bundle']]);
  const sources = joined(
    [{ name: 'src/main.c', body: 'int main;\n'.repeat(9000) }],
    prefixed(image, 'testdata/image/'),
  );
  assert.deepEqual([(await inspectBytes(sources)).kind], ['plain']);
  const two = await inspectBytes(Buffer.concat([unended(prefixed(image, 'a/')), prefixed(image, 'b/')]));
  assert.match(found(two, 'several-folders').message, /`a\/`, `b\/`/);
  const rootfs = await inspectBytes(joined(exportEntries(), prefixed(image, 'app/image/')));
  assert.equal(rootfs.kind, 'rootfs/docker-export');
});

test('a root file system in a folder is named with the folder and with the tool that made it', async () => {
  const under = (folder: string): Entry[] =>
    [...exportEntries(), { name: 'usr/', type: '5' }].map((each) => ({ ...each, name: `${folder}/${each.name}` }));
  const file = (name: string, body = 'x'): Entry => ({ name, body });
  const table: [Entry[], string, RegExp][] = [
    [
      [file('metadata.yaml'), ...under('rootfs'), { name: 'templates/', type: '5' }],
      'rootfs',
      /an image of LXD or Incus/,
    ],
    [
      [file('backup/index.yaml'), file('backup/container/backup.yaml'), ...under('backup/container/rootfs')],
      'backup/container/rootfs',
      /a backup of a container of LXD/,
    ],
    [[file('config.json', '{"ociVersion":"1.0.2"}'), ...under('rootfs')], 'rootfs', /a bundle for an OCI runtime/],
    [[file('web/config'), ...under('web/rootfs')], 'web/rootfs', /a container of LXC/],
    [
      [...under('linux_amd64'), ...under('linux_arm64')],
      'linux_amd64',
      /several root file systems \(`linux_amd64`, `linux_arm64`\)/,
    ],
  ];
  for (const [entries, folder, sentence] of table) {
    const inspection = await inspectBytes(archive(entries));
    const one = found(inspection, 'root-in-folder');
    assert.match(one.message, sentence);
    assert.ok(one.message.includes(`the folder \`${folder}\``) && one.remedy.includes(`tar -C ${folder} `));
    assert.deepEqual([inspection.kind, codes(inspection).includes('minimal-rootfs')], ['plain', false]);
  }
  const jdk = ['bin/java', 'lib/libjvm.so', 'conf/x', 'legal/y'].map((name) => ({
    name: `jdk-17/${name}`,
    body: elf(),
    mode: 0o755,
  }));
  assert.deepEqual(codes(await inspectBytes(archive(jdk))), ['minimal-rootfs']);
});

test('archives of other tools are named', async () => {
  const table: [string[], RegExp][] = [
    [['metadata.yaml', 'rootfs.squashfs'], /LXD or Incus.*file system of its own/],
    [['metadata.yaml', 'templates/hosts.tpl'], /the metadata of an image of LXD/],
    [['backup/index.yaml', 'backup/container.bin'], /a backup of LXD or Incus/],
    [['config.dump', 'spec.dump', 'checkpoint/core-1.img'], /a checkpoint of a container/],
    [['box.ovf', 'box-disk1.vmdk'], /an appliance/],
    [['Vagrantfile', 'metadata.json', 'box.img'], /a box of Vagrant/],
    [['disk.raw'], /a disk image/],
    [['Dockerfile', 'app.py'], /the folder of a build/],
  ];
  for (const [names, sentence] of table) {
    assert.match(
      found(await inspectBytes(archive(names.map((name) => ({ name, body: 'x' })))), 'other-archive').message,
      sentence,
    );
  }
  assert.deepEqual(
    codes(
      await inspectBytes(
        archive([
          { name: 'metadata.yaml', body: 'x' },
          { name: 'lib/a.rb', body: 'x' },
        ]),
      ),
    ),
    ['plain-archive'],
  );
});

/** An OCI layout of one manifest with a config and a layer of these media types. */
function layout(
  configType: string,
  layerTypes: string[],
  more: object = {},
  config = '{}',
  descriptor: object = {},
): Buffer {
  const blobs = new Map<string, Buffer>();
  const blob = (mediaType: string, body: string) => {
    const bytes = Buffer.from(body);
    blobs.set(sha256(bytes).slice(7), bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const layers = layerTypes.map((type, i) => blob(type, `layer ${i} `));
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = blob(
    manifestType,
    JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: blob(configType, config), layers, ...more }),
  );
  return archive([
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, ...descriptor }] }) },
    ...[...blobs].map(([name, body]) => ({ name: `blobs/sha256/${name}`, body })),
  ]);
}

test('an artifact is recognised by its media types, and is not taken for a damaged image', async () => {
  const image = 'application/vnd.oci.image.config.v1+json';
  const empty = 'application/vnd.oci.empty.v1+json';
  const cosignConfig = JSON.stringify({
    architecture: '',
    os: '',
    rootfs: { type: 'layers', diff_ids: [sha256(base)] },
  });
  const table: [Buffer, RegExp][] = [
    [
      layout(
        'application/vnd.cncf.helm.config.v1+json',
        ['application/vnd.cncf.helm.chart.content.v1.tar+gzip'],
        {},
        '{"name":"web"}',
      ),
      /a Helm chart/,
    ],
    [layout(image, ['application/vnd.dev.cosign.simplesigning.v1+json'], {}, cosignConfig), /a signature of cosign/],
    [
      layout(empty, ['application/vnd.dev.sigstore.bundle.v0.3+json'], {
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      }),
      /a signature of cosign/,
    ],
    [
      layout(empty, ['application/jose+json'], { artifactType: 'application/vnd.cncf.notary.signature' }),
      /a signature of Notation/,
    ],
    [layout(image, ['application/vnd.in-toto+json'], {}, cosignConfig), /attestations/],
    [
      layout(image, ['application/vnd.oci.image.layer.v1.tar'], {}, cosignConfig, {
        platform: { architecture: 'unknown', os: 'unknown' },
      }),
      /attestations/,
    ],
    [layout(empty, ['application/spdx+json'], { artifactType: 'application/spdx+json' }), /\(SBOM\)/],
    [layout('application/vnd.wasm.config.v0+json', ['application/wasm']), /a WebAssembly module/],
    [
      layout('application/vnd.buildkit.cacheconfig.v0', ['application/vnd.oci.image.layer.v1.tar+gzip']),
      /a build cache/,
    ],
    [
      layout('application/vnd.unknown.config.v1+json', ['application/vnd.acme.rocket']),
      /an artifact \(`application\/vnd\.unknown\.config\.v1\+json`\)/,
    ],
    [
      layout(empty, ['text/plain'], { artifactType: 'application/vnd.acme.rocket' }),
      /an artifact \(`application\/vnd\.acme\.rocket`\)/,
    ],
  ];
  for (const [bytes, sentence] of table) {
    for (const each of [bytes, prefixed(bytes, 'saved/')]) {
      const inspection = await inspectBytes(each);
      assert.match(found(inspection, 'oci-artifact').message, sentence);
      assert.deepEqual([inspection.kind, codes(inspection)], ['plain', ['oci-artifact']]);
      assert.equal(await convertedBytes(each, { rootfs: true }), null);
    }
  }
  const odd = ociArchive([web])
    .toString('latin1')
    .replaceAll('application/vnd.oci.image.config.v1+json', 'application/vnd.xyz.image.config.v1+json');
  assert.notEqual(
    (await inspectBytes(Buffer.from(odd, 'latin1'))).findings.map((each) => each.code).includes('oci-artifact'),
    true,
  );
});

test('an archive without any x bit is reported and offers no shell; one x bit is enough', async () => {
  const flat = exportEntries().map((each) => ({ ...each, mode: 0o644 }));
  const inspection = await inspectBytes(archive(flat));
  assert.match(found(inspection, 'nothing-executable').message, /not even the program bin\/sh.*permission denied/);
  assert.deepEqual(inspection.rootfs?.shells, []);
  const zipped = exportEntries().map((each) => ({ ...each, mode: each.type === '5' ? 0o755 : 0o644 }));
  found(await inspectBytes(archive(zipped)), 'nothing-executable');
  const script = zipped.map((each) => (each.name === 'bin/sh' ? { ...each, body: '#!/bin/busybox sh\n' } : each));
  found(await inspectBytes(archive(script)), 'nothing-executable');
  for (const more of [
    { name: 'opt/x', mode: 0o755 },
    { name: 'opt/x', mode: 0o100 },
  ]) {
    assert.deepEqual(codes(await inspectBytes(archive([...flat, more]))), []);
  }
  const data = archive([
    { name: 'etc/', type: '5' },
    { name: 'etc/hosts', body: 'x' },
    { name: 'var/', type: '5' },
  ]);
  assert.deepEqual(codes(await inspectBytes(data)), []);
  const [packed, sound] = [archive(flat), base];
  const image = await inspectBytes(dockerArchive([{ ...web, layers: [packed] }]));
  found(image, 'nothing-executable');
  const mixed = await inspectBytes(dockerArchive([{ ...web, layers: [sound, packed] }]));
  assert.ok(!codes(mixed).includes('nothing-executable'));
});

/** The members of an archive with a folder put before their names. */
function prefixed(bytes: Buffer, folder: string): Buffer {
  return archive(membersOf(bytes).map((each) => ({ ...each, name: folder + each.name })));
}

/** An archive with members before it and others after it. */
function joined(before: Entry[], bytes: Buffer, behind: Entry[] = []): Buffer {
  return archive([...before, ...membersOf(bytes), ...behind]);
}

function unended(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - 1024);
}
