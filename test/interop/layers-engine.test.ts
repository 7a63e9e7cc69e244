import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { compareVersions } from '../../core/clients/outcome.ts';
import { type Client, clientVerdicts } from '../../core/clients/verdicts.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { Registry } from '../support/engines-registry.ts';
import { isCurrent, STORE } from '../support/engines-store.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';
import { nastyImage } from '../support/nasty-layers.ts';
import { archive } from '../support/tar-builder.ts';
import type { Engines } from './clients.ts';
import { busyboxTar, imageArchive } from './verdict-archive.ts';
import { LOADERS } from './verdict-clients.ts';
import { loadsIn } from './versions.ts';

/** One in 25 of those that the engines' own unpackers are asked about: 200 of 5,000. */
const IMAGES = Math.ceil(Number(process.env['LADING_LAYERS'] ?? 400) / 25);
const SEED = Number(process.env['LADING_SEED'] ?? 20_261_128);
const PROGRAMS = ['dockerd', 'docker', 'containerd', 'ctr', 'podman', 'runc', 'skopeo', 'umoci'];

let dir: string;
let engines: Engines;
let base: Buffer;
const versions = new Map<Client, string>();
/** Verdicts about one client and one image. */
const count = { foretold: 0, unknown: 0, unknownInManifest: 0 };

// The layers come first, below a root file system that runs: what they delete of themselves does no harm to it.
describe(
  `${IMAGES} generated images from seed ${SEED} in the engines themselves`,
  { skip: without(...PROGRAMS) },
  () => {
    before(async () => {
      dir = scratch('layers');
      engines = {
        docker: await Docker.start(),
        podman: new Podman(),
        containerd: await Containerd.start(),
        registry: isCurrent ? await Registry.start() : null,
      };
      base = await busyboxTar(dir);
      for (const loader of LOADERS) versions.set(loader.client, await loader.version(engines));
    });
    after(async () => {
      for (const engine of Object.values(engines)) await engine?.stop();
      await removeScratch(dir);
    });

    for (let seed = SEED; seed < SEED + IMAGES; seed++) test(`seed ${seed}`, () => holds(seed));

    test('at most 2 % are unknown', (t) => {
      t.diagnostic(JSON.stringify(count));
      assert.ok(count.unknown <= (count.foretold + count.unknown) / 50, JSON.stringify(count));
    });
  },
);

async function holds(seed: number): Promise<void> {
  const place = join(dir, 'now');
  const file = join(place, 'archive.tar');
  mkdirSync(place);
  const tools = nativeTools();
  const layers = nastyImage(seed).map(archive);
  try {
    writeFileSync(file, imageArchive(base, `${seed}`, { contents: (sound) => [...layers, ...sound] }));
    const inspection = await inspect(createReadStream(file), tools);
    const verdicts = clientVerdicts(inspection);
    const faults = inspection.shape?.docker?.faults ?? [];
    const said: Record<string, string> = {};
    const done: Record<string, string> = {};
    for (const loader of LOADERS) {
      const { client } = loader;
      const version = versions.get(client) ?? '';
      const verdict = verdicts.find((each) => each.client === client);
      const inManifest = verdict === undefined ? null : loadsIn(verdict, version);
      const unpacker = unpackerOf(client, version);
      const loads =
        unpacker === null || faults.includes('layers-untried')
          ? inManifest
          : !faults.some((each) => each.startsWith(unpacker));
      const problem = await loader.load(file, engines, join(place, client)).then(
        () => null,
        (error: Error) => error.message,
      );
      if (inManifest === null) count.unknownInManifest++;
      if (loads === null) {
        count.unknown++;
        continue;
      }
      count.foretold++;
      said[client] = loads ? 'loads' : 'fails';
      done[client] = problem === null ? 'loads' : loads ? problem : 'fails';
    }
    assert.deepEqual(done, said, JSON.stringify(faults));
  } finally {
    tools.close();
    rmSync(place, { recursive: true });
  }
}

/** Which of the foretold unpackers a client is, with the store that it has here. */
function unpackerOf(client: Client, version: string): string | null {
  const isNew = (since: string, engine: string): string =>
    compareVersions(version, since) < 0 ? `${engine}-old` : engine;
  if (client === 'docker') {
    // Debian builds 28.5.2 with what Docker itself has from 29.7.2 on.
    const engine = compareVersions(version, '25.0') < 0 ? 'docker-oldest' : isNew('28.5.2', 'docker');
    return `${engine}/${STORE.driver}/`;
  }
  if (client === 'podman') return `${isNew('6.1', 'podman')}/${STORE.driver}/`;
  if (client === 'umoci') return `${isNew('0.5', 'umoci')}/vfs/`;
  if (client === 'docker-containerd') return 'containerd/overlay/';
  return client === 'containerd' ? `containerd/${STORE.snapshotter === 'native' ? 'vfs' : 'overlay'}/` : null;
}
