import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { BUSYBOX, CAPABLE, DEBIAN } from '../support/engines-roots.ts';
import { isCurrent, onlyDocker } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { CLIENTS, type Converted, type Engines } from './clients.ts';
import { type ConversionOptions, type Converter, startConverters } from './converters.ts';
import { type ContainerExport, dockerExport, gzipped, makeRootTar, podmanExport, xzToGzip } from './exports.ts';
import { listMembers } from './members.ts';

const PROGRAMS = [
  'dockerd',
  'docker',
  'containerd',
  'ctr',
  'podman',
  'runc',
  'skopeo',
  'umoci',
  'debootstrap',
  'setcap',
  'python3',
];

const EXPORTERS = [
  { by: 'docker', name: 'docker.io/library/odd-web:1.0', typed: 'odd-web:1.0' },
  { by: 'podman', name: 'ghcr.io/team/odd-web:2.0', typed: 'ghcr.io/team/odd-web:2.0' },
] as const;

/** The state of all the tests, made once, because engines take a while to start. */
let dir: string;
let engines: Engines;
let converters: Converter[];

/** Everything to be stopped at the end, also when a later program did not start. */
const started: { stop(): Promise<void> }[] = [];

function keep<Part extends { stop(): Promise<void> }>(part: Part): Part {
  started.push(part);
  return part;
}

describe('container exports, converted', { skip: without(...PROGRAMS) }, () => {
  before(async () => {
    dir = scratch('convert');
    const docker = keep(await Docker.start());
    const podman = keep(new Podman());
    engines = { docker, podman, containerd: keep(await Containerd.start()) };
    converters = (await startConverters()).map(keep);
  });
  after(async () => {
    for (const part of started.toReversed()) await part.stop();
    await removeScratch(dir);
  });

  // Which store Docker has makes no difference between a small and a large root file system.
  for (const base of onlyDocker ? [BUSYBOX] : [BUSYBOX, DEBIAN]) {
    describe(base.name, () => {
      let rootTar: string;
      before(async () => {
        mkdirSync(join(dir, base.name));
        rootTar = await makeRootTar(base, join(dir, base.name));
      });
      after(() => rmSync(join(dir, base.name), { recursive: true }));

      for (const exporter of base === BUSYBOX ? EXPORTERS : EXPORTERS.slice(0, 1))
        describe(`${exporter.by} export`, () =>
          exportConverts(
            exporter,
            base === DEBIAN,
            () => join(dir, base.name),
            () => rootTar,
          ));
    });
  }
});

type Exporter = (typeof EXPORTERS)[number];

/** Converts the exports of one engine. A large export is converted only as it is: each form would take a minute. */
function exportConverts(
  { by, name, typed }: Exporter,
  isLarge: boolean,
  place: () => string,
  rootTar: () => string,
): void {
  let plain: ContainerExport;
  before(async () => {
    plain =
      by === 'docker'
        ? await dockerExport(engines.docker, rootTar(), place())
        : await podmanExport(engines.podman, rootTar(), place());
  });

  const behaves = (form: string, makeBox: () => Promise<ContainerExport>): void => {
    describe(form, () => imageBehaves(makeBox, name, typed));
  };
  behaves('as it is', async () => plain);
  if (isLarge) return;
  behaves('with gzip around it', () => gzipped(plain));
  if (by === 'podman') behaves('with xz around it, packed as gzip on request', () => xzToGzip(plain));
  else behaves('packed as gzip on request', async () => ({ ...plain, compress: 'gzip' }));
}

function imageBehaves(makeBox: () => Promise<ContainerExport>, name: string, typed: string): void {
  let box: ContainerExport;
  let place: string;
  let converted: Converted;
  before(async () => {
    box = await makeBox();
    place = join(dir, 'now');
    mkdirSync(place);
    const image = join(place, 'image.tar');
    await converters[0]?.convert(box.file, options(box, typed), image);
    converted = await lookInto(image, name, box.file);
  });
  after(() => rmSync(place, { recursive: true }));

  test('has the diffID that docker import gives the same file', () => sameDiffID(converted, box));

  test('has a gzip layer when the export is gzip or that was asked for, else a plain one', async () => {
    const manifest = await inArchive(converted.image, `blobs/sha256/${converted.manifestDigest}`);
    const gzip = box.compress === 'gzip' || box.file.endsWith('.gz');
    assert.match(manifest, gzip ? /layer\.v1\.tar\+gzip"/ : /layer\.v1\.tar"/);
  });

  for (const client of CLIENTS) {
    test(`is loaded by ${client.name}, under its name and with all its members`, async () => {
      const work = join(place, 'client');
      mkdirSync(work);
      try {
        await client.check(converted, engines, work);
      } finally {
        rmSync(work, { recursive: true });
      }
    });
  }

  // Which engines there are makes no difference to the converters.
  if (isCurrent) return;
  test('has the same bytes each time, whichever program converts', async () => {
    const expected = await sha256sum(converted.image);
    const again = join(place, 'again.tar');
    for (const converter of converters) {
      await converter.convert(box.file, options(box, typed), again);
      assert.equal(await sha256sum(again), expected, converter.name);
    }
  });
}

async function sameDiffID({ image, configDigest }: Converted, box: ContainerExport): Promise<void> {
  const { docker } = engines;
  await docker.docker('import', box.file, 'imported');
  const diffID = await docker.docker('image', 'inspect', '--format', '{{index .RootFS.Layers 0}}', 'imported');
  await docker.docker('rmi', 'imported');
  const config = JSON.parse(await inArchive(image, `blobs/sha256/${configDigest}`)) as { rootfs: unknown };
  assert.deepEqual(config.rootfs, { type: 'layers', diff_ids: [diffID] });
}

function options(box: ContainerExport, typed: string): ConversionOptions {
  return { names: [typed], changes: box.changes, inspect: box.inspect, compress: box.compress };
}

/** Reads an image archive and the export behind it with tar alone. */
async function lookInto(image: string, name: string, exported: string): Promise<Converted> {
  const members = await listMembers(exported);
  assert.match(members.get(`'${CAPABLE}'`) ?? '', /capability=/, 'the export itself has lost the capability');
  const [docker] = JSON.parse(await inArchive(image, 'manifest.json')) as { Config: string; RepoTags: string[] }[];
  const index = JSON.parse(await inArchive(image, 'index.json')) as { manifests: { digest: string }[] };
  assert.deepEqual(docker?.RepoTags, [name]);
  return {
    image,
    name,
    tag: name.slice(name.lastIndexOf(':') + 1),
    configDigest: docker.Config.slice('blobs/sha256/'.length),
    manifestDigest: index.manifests[0]?.digest.slice('sha256:'.length) ?? '',
    members,
  };
}

function inArchive(archive: string, member: string): Promise<string> {
  return run('tar', ['-xOf', archive, member]);
}

async function sha256sum(file: string): Promise<string> {
  return (await run('sha256sum', [file])).slice(0, 64);
}
