import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { FAULTS, type Refuser } from '../support/corpus-faults.ts';
import { subfolder, TOOLS, Workshop } from '../support/corpus-workshop.ts';
import { skopeoCopy } from '../support/engines-build.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';
import { CHOSEN, Takers } from './corpus-clients.ts';
import { convertFile } from './corpus-lading.ts';

describe('faults that can be mended', { skip: without(...TOOLS) }, () => {
  let dir: string;
  let shop: Workshop;
  let takers: Takers;
  before(async () => {
    dir = scratch('faults');
    [shop, takers] = await Promise.all([Workshop.open(subfolder(dir, 'shop')), Takers.start()]);
  });
  after(async () => {
    for (const part of [takers, shop]) await part?.stop();
    await removeScratch(dir);
  });

  for (const { name, refused, code, options, make } of FAULTS) {
    test(`${name}: the fault is named, and the archive loads once it is mended`, async () => {
      const place = mkdtempSync(join(dir, 'fault-'));
      const [file, image] = [join(place, 'faulty.tar'), join(place, 'image.tar')];
      await make(shop, file);
      if (refused !== null) {
        await assert.rejects(load(refused.by, file, place), refused.printing);
        await takers.empty();
      }
      const { names, findings } = convertFile(file, image, '--name', CHOSEN.typed, ...(options?.(file) ?? []));
      assert.deepEqual(names, [CHOSEN.full]);
      assert.ok(
        findings.some((each) => each.code === code && each.mended === true && each.remedy !== ''),
        findings.map((each) => each.message).join(' '),
      );
      await takers.take(image, place);
      rmSync(place, { recursive: true });
    });
  }

  async function load(by: Refuser, file: string, place: string): Promise<unknown> {
    const { docker, podman, containerd } = takers;
    switch (by) {
      case 'docker load':
        return docker.docker('load', '--input', file);
      case 'podman load':
        return podman.podman('load', '--quiet', '--input', file);
      case 'ctr import':
        return containerd.import(file);
      case 'ctr import, all platforms':
        return containerd.import(file, '--all-platforms');
      case 'skopeo docker-archive':
        return skopeoCopy(`docker-archive:${file}`, `dir:${join(place, 'copy')}`);
    }
  }
});
