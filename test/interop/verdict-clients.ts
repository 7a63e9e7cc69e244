import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../core/clients/verdicts.ts';
import { isCurrent, onlyDocker, STORE } from '../support/engines-store.ts';
import { run, versionOf } from '../support/engines.ts';
import type { Engines } from './clients.ts';

/** A client that loads an archive. It throws when it cannot, and leaves nothing behind. */
export interface Loader {
  client: Client;
  version: (engines: Engines) => Promise<string>;
  load: (file: string, engines: Engines, dir: string) => Promise<unknown>;
}

const SHOW = ['/bin/busybox', 'cat', '/mark'];

const CRANE: Loader = {
  client: 'crane',
  // Debian's crane does not know its own version.
  version: async () => (await run('dpkg-query', ['-W', '-f', '${Version}', 'crane'])).replace(/[+-].*/, ''),
  load: (file, { registry }) => {
    if (!registry) throw new Error('crane needs a registry of its own'); // otherwise crane would ask Docker Hub
    return run('crane', ['push', '--insecure', file, `${registry.address}/verdict:1`]);
  },
};

const DOCKER: Loader = {
  client: STORE.docker,
  version: ({ docker }) => docker.docker('version', '--format', '{{.Server.Version}}'),
  load: loadDocker,
};

const OTHERS: readonly Loader[] = [
  { client: 'podman', version: () => versionOf('podman'), load: loadPodman },
  { client: 'containerd', version: () => versionOf('containerd'), load: loadContainerd },
  {
    client: 'skopeo-docker-archive',
    version: () => versionOf('skopeo'),
    load: (file, _, dir) => copy(`docker-archive:${file}`, dir),
  },
  {
    client: 'skopeo-oci-archive',
    version: () => versionOf('skopeo'),
    // The tag is needed only when there are several images, and accepted only when the image has one.
    load: (file, _, dir) => copy(`oci-archive:${file}`, dir).catch(() => copy(`oci-archive:${file}:1`, join(dir, '1'))),
  },
  { client: 'umoci', version: () => versionOf('umoci'), load: loadUmoci },
];

/** The clients under test. Debian 12 has no crane. */
export const LOADERS: readonly Loader[] = onlyDocker ? [DOCKER] : [DOCKER, ...OTHERS, ...(isCurrent ? [CRANE] : [])];

async function loadDocker(file: string, { docker }: Engines): Promise<void> {
  try {
    const loaded = nameIn(await docker.docker('load', '--input', file));
    // Docker prints no name for an archive in the old format.
    const name = loaded === '' ? await docker.docker('images', '--quiet') : loaded;
    await docker.docker('run', '--rm', '--network', 'none', name, ...SHOW);
  } finally {
    for (const id of lines(await docker.docker('images', '--quiet', '--no-trunc')))
      await docker.docker('rmi', '--force', id);
  }
}

async function loadPodman(file: string, { podman }: Engines): Promise<void> {
  try {
    await podman.run('--rm', nameIn(await podman.podman('load', '--quiet', '--input', file)), ...SHOW);
  } finally {
    await podman.podman('rmi', '--all', '--force');
  }
}

async function loadContainerd(file: string, { containerd }: Engines): Promise<void> {
  const names = () => containerd.ctr('images', 'ls', '--quiet').then(lines);
  try {
    await containerd.import(file);
    const [name] = await names();
    if (name === undefined) throw new Error('no image is listed');
    await containerd.run(name, ...SHOW);
  } finally {
    for (const name of await names()) await containerd.ctr('images', 'rm', '--sync', name);
  }
}

async function copy(source: string, dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  await run('skopeo', ['copy', '--quiet', '--insecure-policy', source, `dir:${join(dir, 'copy')}`]);
}

async function loadUmoci(file: string, _: Engines, dir: string): Promise<void> {
  const layout = join(dir, 'layout');
  mkdirSync(layout, { recursive: true });
  await run('tar', ['-C', layout, '-xf', file]);
  const [tag] = lines(await run('umoci', ['ls', '--layout', layout]));
  await run('umoci', ['unpack', '--image', `${layout}:${tag}`, join(dir, 'bundle')]);
}

function nameIn(output: string): string {
  return /Loaded image(?: ID)?(?:\(s\))?: ([^\s,]+)/.exec(output)?.[1] ?? '';
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}
