import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { contentsOf } from '../../core/contents/contents.ts';
import { CURRENT } from '../support/corpus-current.ts';
import { NAMES } from '../support/corpus-image.ts';
import { subfolder, TOOLS, Workshop } from '../support/corpus-workshop.ts';
import { COMPRESSED, type Sample, SAMPLES } from '../support/corpus.ts';
import { isCurrent, onlyDocker } from '../support/engines-store.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';
import { inspectBytes } from '../support/inspect.ts';
import { sourceOf } from '../support/memory-store.ts';
import { agrees } from '../support/quick.ts';
import { plainTools } from '../support/tools.ts';
import { CHOSEN, Takers } from './corpus-clients.ts';
import { convertFile } from './corpus-lading.ts';
import { dockerRoot, ladingRoot } from './root-facts.ts';

/** What other tools than Docker write does not depend on Docker's store, so it is converted once. */
const ARCHIVES = [...SAMPLES, ...COMPRESSED, ...(isCurrent ? CURRENT : [])].filter(
  ({ name }) => !onlyDocker || name.startsWith('docker '),
);

describe(
  'image archives of every tool',
  { skip: without(...TOOLS, ...(isCurrent ? ['crane', 'oras', 'regctl'] : [])) },
  () => {
    let dir: string;
    let shop: Workshop;
    let takers: Takers;
    before(async () => {
      dir = scratch('corpus');
      [shop, takers] = await Promise.all([Workshop.open(subfolder(dir, 'shop')), Takers.start()]);
    });
    after(async () => {
      for (const part of [takers, shop]) await part?.stop();
      await removeScratch(dir);
    });

    for (const sample of ARCHIVES) {
      test(`${sample.name}: is recognised, loads everywhere under the name asked for, and has the files of its container`, async () => {
        const place = mkdtempSync(join(dir, 'sample-'));
        const [file, image] = [join(place, 'sample.tar'), join(place, 'image.tar')];
        await sample.make(shop, file);
        await recognised(sample, file);
        const { names } = convertFile(file, image, '--name', CHOSEN.typed, ...(sample.options ?? []));
        assert.deepEqual(names, [CHOSEN.full]);
        const root = await ladingRoot(file, place, ...(sample.options ?? []));
        await shop.docker.docker('load', '--input', image);
        assert.deepEqual(root, await dockerRoot(shop.docker, CHOSEN.typed, place));
        await shop.docker.docker('rmi', '--force', CHOSEN.typed);
        await takers.take(image, place);
        rmSync(place, { recursive: true });
      });
    }

    test('without a name option all images are kept, each under its own name', async () => {
      const [file, image] = [join(dir, 'two.tar'), join(dir, 'both.tar')];
      await shop.docker.docker('save', '--output', file, NAMES.base, NAMES.web, NAMES.other);
      convertFile(file, image);
      const said = await takers.docker.docker('load', '--input', image);
      for (const name of Object.values(NAMES)) assert.match(said, new RegExp(`^Loaded image: ${name}$`, 'm'));
      await takers.empty();
    });
  },
);

/** Samples whose faults are inside layers or a root file system, where a quick look does not read. */
const DEEP = new Set(['buildah manifest push, two platforms', 'docker save, imported and exported']);

async function recognised(sample: Sample, file: string): Promise<void> {
  const bytes = readFileSync(file);
  if (SAMPLES.includes(sample) && !DEEP.has(sample.name)) await agrees(bytes);
  const inspection = await inspectBytes(bytes);
  const { kind, images, findings } = inspection;
  assert.equal(kind, sample.kind);
  const names = images.map((image) => image.names);
  assert.deepEqual(names.toSorted(byText), sample.names);
  const errors = findings.filter((each) => each.severity === 'error').map((each) => each.code);
  assert.deepEqual(errors, sample.errors ?? []);
  const story = images.find(({ layers, platform }) => layers.length === 3 && platform?.architecture === 'amd64');
  assert.equal(story?.platform?.os, 'linux');
  assert.ok(story.layers.every(({ diffID, members }) => diffID !== null && (members ?? 0) > 0));
  const contents = await contentsOf(inspection, sourceOf(bytes), plainTools);
  const inside = contents.images[images.indexOf(story)];
  assert.deepEqual(
    inside?.lost
      .map(({ path, bytes: size, layer, by }) => ({ path, size, layer, by }))
      .toSorted((a, b) => a.size - b.size),
    LOST,
  );
}

/** The files that the steps of the image replace or delete (test/support/corpus-image.ts), whoever saved it. */
const LOST = [
  { path: 'srv/note', size: 6, layer: 0, by: 1 },
  { path: 'srv/note', size: 7, layer: 1, by: 2 },
  { path: 'srv/dir/old', size: 17, layer: 0, by: 2 },
  { path: 'srv/gone', size: 17, layer: 0, by: 2 },
];

function byText(a: string[], b: string[]): number {
  return a.join() < b.join() ? -1 : 1;
}
