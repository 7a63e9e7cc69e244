import assert from 'node:assert/strict';
import { createReadStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ClientVerdict, clientVerdicts } from '../../lambda/core/compat.ts';
import { compareVersions } from '../../lambda/core/compat/outcome.ts';
import { inspect } from '../../lambda/core/pipeline.ts';
import { nativeTools } from '../../lambda/shell/tools.ts';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import type { Engines } from './clients.ts';
import { LADING } from './converters.ts';
import { busyboxTar, imageArchive, markedRoot } from './verdict-archive.ts';
import { VARIATIONS } from './verdict-cases.ts';
import { LOADERS } from './verdict-clients.ts';

const PROGRAMS = ['dockerd', 'docker', 'containerd', 'ctr', 'podman', 'runc', 'skopeo', 'umoci', 'xz', 'bzip2', 'zstd'];

let dir: string;
let engines: Engines;
let base: Buffer;
const versions = new Map<string, string>();

/** Archives as the tools themselves write them. */
const REAL: Record<string, (file: string) => Promise<unknown>> = {
  'docker save': saved,
  'docker save by ID, without a name': (file) => saved(file, '{{.Id}}'),
  'docker export': async (file) => {
    await imported('exported');
    await engines.docker.docker('create', '--name', 'box', 'real:1', '/bin/sh');
    await engines.docker.docker('export', '--output', file, 'box');
    await engines.docker.docker('rm', 'box');
    await engines.docker.docker('rmi', 'real:1');
  },
  'skopeo copy to an OCI archive': async (file) => {
    await saved(`${file}.docker`);
    await run('skopeo', [
      'copy',
      '--quiet',
      '--insecure-policy',
      `docker-archive:${file}.docker`,
      `oci-archive:${file}:1`,
    ]);
  },
  'lading convert of a docker archive': async (file) => {
    await saved(`${file}.docker`);
    await run(process.execPath, [LADING, 'convert', `${file}.docker`, '--output', file], process.env);
  },
};

// Each archive has layers of its own: a client that knows a layer already does not look at it.
describe('the verdict on an archive holds for every client', { skip: without(...PROGRAMS) }, () => {
  before(async () => {
    dir = scratch('verdict');
    engines = { docker: await Docker.start(), podman: new Podman(), containerd: await Containerd.start() };
    base = await busyboxTar(dir);
    for (const loader of LOADERS) versions.set(loader.client, await loader.version(engines));
  });
  after(async () => {
    for (const engine of Object.values(engines)) await engine.stop();
    await removeScratch(dir);
  });

  for (const [name, variation] of Object.entries(VARIATIONS)) {
    test(name, () =>
      holds(async (file) => {
        const plain = imageArchive(base, name, variation);
        writeFileSync(file, variation.around?.(plain) ?? plain);
      }),
    );
  }

  for (const [name, make] of Object.entries(REAL)) test(name, () => holds(make));
});

/** What the verdict says of this version; null when it does not know. */
function loadsIn(verdict: ClientVerdict, version: string): boolean | null {
  if (verdict.loads !== true) return verdict.loads;
  if (verdict.since !== undefined && compareVersions(version, verdict.since) < 0) return false;
  return verdict.before === undefined || compareVersions(version, verdict.before) < 0;
}

async function imported(mark: string): Promise<void> {
  const root = join(dir, 'root.tar');
  writeFileSync(root, markedRoot(base, 'mark', mark));
  await engines.docker.docker('import', '--change', 'CMD ["/bin/sh"]', root, 'real:1');
}

async function saved(file: string, by = '{{index .RepoTags 0}}'): Promise<void> {
  await imported(file);
  const name = await engines.docker.docker('image', 'inspect', '--format', by, 'real:1');
  await engines.docker.docker('save', '--output', file, name);
  await engines.docker.docker('rmi', 'real:1');
}

async function holds(make: (file: string) => Promise<unknown>): Promise<void> {
  const place = join(dir, 'now');
  const file = join(place, 'archive.tar');
  mkdirSync(place);
  const tools = nativeTools();
  try {
    await make(file);
    const verdicts = clientVerdicts(await inspect(createReadStream(file), tools));
    const said: Record<string, string> = {};
    const done: Record<string, string> = {};
    for (const loader of LOADERS) {
      const { client } = loader;
      const verdict = verdicts.find((each) => each.client === client);
      const loads = verdict !== undefined && loadsIn(verdict, versions.get(client) ?? '');
      const problem = await loader.load(file, engines, join(place, client)).then(
        () => null,
        (error: Error) => error.message,
      );
      if (loads === null) continue;
      said[client] = loads ? 'loads' : 'fails';
      done[client] = problem === null ? 'loads' : loads ? problem : 'fails';
    }
    assert.deepEqual(done, said);
  } finally {
    tools.close();
    rmSync(place, { recursive: true });
  }
}
