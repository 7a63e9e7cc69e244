import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fc } from '../support/properties.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { thirdOf } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { asToolsWrite, LAYERS, layersOf } from '../support/random-layers.ts';
import { archive } from '../support/tar-builder.ts';
import { dockerRoot, ladingRoot, type RootFacts, rootFacts } from './root-facts.ts';
import { imageArchive } from './verdict-archive.ts';

const IMAGES = 50;
const SEED = Number(process.env['LADING_SEED'] ?? 20_261_129);
/** Podman takes some seconds for an image, so it is asked about every tenth. */
const FOR_PODMAN = 10;
const NAME = 'docker.io/library/generated:1';

describe(
  `a third of ${IMAGES} generated images from seed ${SEED}`,
  { skip: without('dockerd', 'docker', 'podman', 'umoci', 'skopeo', 'tar', 'python3') },
  () => {
    let dir: string;
    let docker: Docker;
    let podman: Podman;
    before(async () => {
      dir = scratch('rootfs');
      docker = await Docker.start();
      podman = new Podman();
    });
    after(async () => {
      await docker.stop();
      await podman.stop();
      await removeScratch(dir);
    });

    for (const [i, drawn] of thirdOf(fc.sample(LAYERS, { numRuns: IMAGES, seed: SEED })).entries()) {
      test(`image ${i} is as the engines unpack it`, async () => {
        const place = join(dir, String(i));
        mkdirSync(place);
        const file = join(place, 'image.tar');
        const layers = asToolsWrite(layersOf(drawn)).map(archive);
        writeFileSync(file, imageArchive(Buffer.alloc(0), '', { names: [NAME], contents: () => layers }));
        const own = comparable(await ladingRoot(file, place));
        await docker.docker('load', '--input', file);
        assert.deepEqual(own, comparable(await dockerRoot(docker, NAME, place)));
        await docker.docker('rmi', '--force', NAME);
        assert.deepEqual(own, comparable(await umociRoot(file, place)));
        if (i % FOR_PODMAN === 0) assert.deepEqual(own, comparable(await podmanRoot(podman, file, place)));
        rmSync(place, { recursive: true });
      });
    }
  },
);

/** The facts by path, for a comparison that shows where they differ. */
function comparable(facts: RootFacts): Record<string, string> {
  return Object.fromEntries(facts);
}

async function umociRoot(file: string, place: string): Promise<RootFacts> {
  const [layout, bundle, tar] = ['layout', 'bundle', 'umoci.tar'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(layout);
  await run('tar', ['-C', layout, '-xf', file]);
  await run('umoci', ['unpack', '--image', `${layout}:1`, bundle]);
  return await packed(join(bundle, 'rootfs'), tar);
}

async function podmanRoot(podman: Podman, file: string, place: string): Promise<RootFacts> {
  await podman.podman('load', '--input', file);
  const root = await podman.podman('image', 'mount', NAME);
  const facts = await packed(root, join(place, 'podman.tar'));
  await podman.podman('image', 'unmount', NAME);
  await podman.podman('rmi', '--force', NAME);
  return facts;
}

/** Packs an unpacked file system with GNU tar, and lists it. */
async function packed(root: string, tar: string): Promise<RootFacts> {
  await run('tar', ['--format=pax', '--xattrs', '--xattrs-include=*', '--numeric-owner', '-C', root, '-cf', tar, '.']);
  return await rootFacts(tar);
}
