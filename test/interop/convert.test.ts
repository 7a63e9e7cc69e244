import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { BUSYBOX, CAPABLE, DEBIAN } from '../support/engines-roots.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { CLIENTS } from './clients.ts';
import type { Converted, Engines } from './clients.ts';
import { startConverters } from './converters.ts';
import type { ConversionOptions, Converter } from './converters.ts';
import { dockerExport, gzipped, makeRootTar, podmanExport } from './exports.ts';
import type { ContainerExport } from './exports.ts';
import { listMembers } from './members.ts';

const PROGRAMS = ['dockerd', 'docker', 'containerd', 'ctr', 'podman', 'runc', 'skopeo', 'umoci', 'debootstrap', 'setcap', 'python3'];

const EXPORTERS = [
  { by: 'docker', name: 'docker.io/library/odd-web:1.0', typed: 'odd-web:1.0' },
  { by: 'podman', name: 'ghcr.io/team/odd-web:2.0', typed: 'ghcr.io/team/odd-web:2.0' },
] as const;

describe('container exports, converted', { skip: without(...PROGRAMS) }, () => {
  let dir: string;
  let engines: Engines;
  let converters: Converter[];

  before(async () => {
    dir = scratch('convert');
    engines = { docker: await Docker.start(), podman: new Podman(), containerd: await Containerd.start() };
    converters = await startConverters();
  });

  after(async () => {
    for (const part of [...converters, ...Object.values(engines)]) await part.stop();
    await removeScratch(dir);
  });

  for (const base of [BUSYBOX, DEBIAN]) {
    describe(base.name, () => {
      let rootTar: string;
      before(async () => {
        mkdirSync(join(dir, base.name));
        rootTar = await makeRootTar(base, join(dir, base.name));
      });
      after(() => rmSync(join(dir, base.name), { recursive: true }));

      for (const { by, name, typed } of EXPORTERS) {
        describe(`${by} export`, () => {
          let plain: ContainerExport;
          before(async () => {
            const place = join(dir, base.name);
            plain = by === 'docker' ? await dockerExport(engines.docker, rootTar, place) : await podmanExport(engines.podman, rootTar, place);
          });

          for (const around of ['nothing', 'gzip']) {
            describe(`with ${around} around it`, () => convertedBehaves(around, () => plain, name, typed));
          }
        });
      }
    });
  }

  function convertedBehaves(around: string, plain: () => ContainerExport, name: string, typed: string): void {
    let box: ContainerExport;
    let place: string;
    let converted: Converted;

    before(async () => {
      box = around === 'gzip' ? await gzipped(plain()) : plain();
      place = join(dir, 'now');
      mkdirSync(place);
      const image = join(place, 'image.tar');
      await converters[0]?.convert(box.file, options(box, typed), image);
      converted = await lookInto(image, name, box.file);
    });
    after(() => rmSync(place, { recursive: true }));

    test('has the diffID that docker import gives the same file', async () => {
      await engines.docker.docker('import', box.file, 'imported');
      const diffID = await engines.docker.docker('image', 'inspect', '--format', '{{index .RootFS.Layers 0}}', 'imported');
      await engines.docker.docker('rmi', 'imported');
      const config = await inArchive(converted.image, `blobs/sha256/${converted.configDigest}`);
      assert.deepEqual((JSON.parse(config) as { rootfs: unknown }).rootfs, { type: 'layers', diff_ids: [diffID] });
    });

    test('is the same bytes each time, whoever converts', async () => {
      const expected = await sha256sum(converted.image);
      const again = join(place, 'again.tar');
      for (const converter of converters) {
        await converter.convert(box.file, options(box, typed), again);
        assert.equal(await sha256sum(again), expected, converter.name);
      }
    });

    for (const client of CLIENTS) {
      test(`is taken by ${client.name}, under its name and with all its members`, async () => {
        const work = join(place, 'client');
        mkdirSync(work);
        try {
          await client.check(converted, engines, work);
        } finally {
          rmSync(work, { recursive: true });
        }
      });
    }
  }
});

function options(box: ContainerExport, typed: string): ConversionOptions {
  return { names: [typed], changes: box.changes, inspect: box.inspect };
}

/** Reads an image archive with tar alone, and what the export behind it holds. */
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
