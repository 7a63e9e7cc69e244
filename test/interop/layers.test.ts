import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clientVerdicts } from '../../core/clients/verdicts.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { nastyImage } from '../support/nasty-layers.ts';
import { withoutOracle } from '../support/oracles.ts';
import { archive } from '../support/tar-builder.ts';
import { type Truth, unpackWithEngines } from '../support/unpackers.ts';
import { loadsIn } from './versions.ts';

/** The number of images: 5,000 for a thorough run; some hundred take about a minute. */
const IMAGES = Number(process.env['LADING_LAYERS'] ?? 400);
const SEED = Number(process.env['LADING_SEED'] ?? 20_261_128);

/** The unpackers, with a folder for each layer (overlay) or one folder for all. umoci has only the latter. */
const UNPACKERS = ['docker-old', 'docker', 'podman-old', 'podman', 'containerd']
  .flatMap((engine) => [`${engine}/overlay`, `${engine}/vfs`])
  .concat('umoci/vfs');
/** The engines that record the names in a layer and refuse a repeated name: Docker's classic store and podman. */
const NOTES_NAMES = /^(?:docker|podman)/;
/** Versions of clients that unpack as each engine does. */
const VERSIONS = [
  ['docker', '28.5.1', 'docker-old'],
  ['docker', '29.9.3', 'docker'],
  ['podman', '5.8.6', 'podman-old'],
  ['podman', '6.9.0', 'podman'],
  ['containerd', '2.4.2', 'containerd'],
  ['docker-containerd', '29.9.3', 'containerd'],
] as const;

const seeds = Array.from({ length: IMAGES }, (_, i) => SEED + i);
const skip = withoutOracle('unpack') || withoutOracle('unpack-old');

/** Compares what the engines' own unpackers do with layers to what Lading predicts. */
describe(`${IMAGES} generated images from seed ${SEED}`, { skip }, () => {
  const images = seeds.map((seed) => nastyImage(seed).map(archive));
  const truths = skip === false ? unpackWithEngines(images) : Promise.resolve([]);
  const inspections = Promise.all(
    skip === false ? images.map((layers) => inspectBytes(dockerArchive([{ names: ['web:1'], layers }]))) : [],
  );

  test('each engine refuses exactly what Lading predicts, however it keeps layers', async () => {
    const found = await inspections;
    for (const [i, truth] of (await truths).entries()) {
      const faults = faultsOf(found[i]);
      if (faults.includes('layers-untried')) continue;
      const said = UNPACKERS.filter((unpacker) => faults.some((each) => each.startsWith(`${unpacker}/`)));
      assert.deepEqual(said, refusing(truth), `seed ${seeds[i]}: ${JSON.stringify(truth)}`);
    }
  });

  test('a client is said to load only what its versions unpack with every store, and at most 2 % are unknown', async () => {
    const found = await inspections;
    let unknown = 0;
    for (const [i, truth] of (await truths).entries()) {
      const inspection = found[i];
      const verdicts = inspection === undefined ? [] : clientVerdicts(inspection);
      for (const [client, version, engine] of VERSIONS) {
        const verdict = verdicts.find((each) => each.client === client);
        const loads = verdict === undefined ? null : loadsIn(verdict, version);
        if (loads === null) unknown++;
        else
          assert.equal(
            loads,
            !refusing(truth).some((each) => each.startsWith(`${engine}/`)),
            `seed ${seeds[i]} ${client} ${version}`,
          );
      }
    }
    assert.ok(unknown <= (IMAGES * VERSIONS.length) / 50, `${unknown} of ${IMAGES * VERSIONS.length} are unknown`);
  });

  test('a layer that stands alone as a root file system has an error or a warning when an engine refuses it', async () => {
    for (const [i, truth] of (await truths).entries()) {
      const [layer, ...more] = images[i] ?? [];
      if (layer === undefined || more.length > 0 || refusing(truth).length === 0) continue;
      const { findings } = await inspectBytes(layer);
      const grave = findings.filter(({ severity, code }) => severity !== 'info' && code !== 'parent-missing');
      assert.notDeepEqual(grave, [], `seed ${seeds[i]}: ${JSON.stringify(truth)}`);
    }
  });
});

function faultsOf(inspection: Inspection | undefined): string[] {
  return inspection?.shape?.docker?.faults ?? [];
}

/** The unpackers that refuse the layers; Docker's classic store and podman also refuse a path that occurs twice. */
function refusing(truth: Truth): string[] {
  const isTwice = truth['tar-split'] !== '';
  return UNPACKERS.filter((unpacker) => truth[unpacker] !== '' || (isTwice && NOTES_NAMES.test(unpacker)));
}
