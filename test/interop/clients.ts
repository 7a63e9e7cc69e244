import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Containerd } from '../support/engines-containerd.ts';
import type { Docker } from '../support/engines-docker.ts';
import type { Podman } from '../support/engines-podman.ts';
import type { Registry } from '../support/engines-registry.ts';
import { CAPABLE, SETUID, STORY } from '../support/engines-roots.ts';
import { onlyDocker, STORE } from '../support/engines-store.ts';
import { run } from '../support/engines.ts';
import { DOCKERS_OWN, listMembers, lost, type Members } from './members.ts';

/** A converted archive, and what every client must find in it. */
export interface Converted {
  image: string;
  /** The name with its registry, and its tag alone. */
  name: string;
  tag: string;
  /** Both digests in hex, without `sha256:`. */
  configDigest: string;
  manifestDigest: string;
  members: Members;
}

export interface Engines {
  docker: Docker;
  podman: Podman;
  containerd: Containerd;
  /** Null when crane is not installed. */
  registry?: Registry | null;
}

/** A program that takes image archives. `check` loads one, examines it, runs it where possible, and removes it. */
export interface Client {
  name: string;
  check(converted: Converted, engines: Engines, dir: string): Promise<void>;
}

const DOCKER: Client = { name: 'Docker Engine', check: checkDocker };

const OTHERS: readonly Client[] = [
  { name: 'podman', check: checkPodman },
  { name: 'containerd', check: checkContainerd },
  { name: 'skopeo, as a docker archive', check: (converted, _, dir) => checkSkopeo('docker-archive', converted, dir) },
  { name: 'skopeo, as an OCI archive', check: (converted, _, dir) => checkSkopeo('oci-archive', converted, dir) },
  { name: 'umoci', check: checkUmoci },
];

/** The clients under test. */
export const CLIENTS: readonly Client[] = onlyDocker ? [DOCKER] : [DOCKER, ...OTHERS];

async function checkDocker(converted: Converted, { docker }: Engines, dir: string): Promise<void> {
  const copy = join(dir, 'again.tar');
  await docker.docker('load', '--input', converted.image);
  const id = await docker.docker('image', 'inspect', '--format', '{{.Id}}', converted.name);
  assert.equal(id, `sha256:${STORE.docker === 'docker' ? converted.configDigest : converted.manifestDigest}`);
  const box = await docker.docker('create', converted.name);
  await docker.docker('export', '--output', copy, box);
  assert.deepEqual(lost(converted.members, await listMembers(copy), DOCKERS_OWN), []);
  assert.equal(await docker.docker('run', '--rm', '--network', 'none', converted.name), STORY.secondRun);
  await docker.docker('rm', box);
  await docker.docker('rmi', converted.name);
}

async function checkPodman(converted: Converted, { podman }: Engines, dir: string): Promise<void> {
  const copy = join(dir, 'again.tar');
  await podman.podman('load', '--quiet', '--input', converted.image);
  const id = await podman.podman('image', 'inspect', '--format', '{{.Id}}', converted.name);
  assert.equal(id, converted.configDigest);
  const box = await podman.podman('create', converted.name);
  await podman.podman('export', '--output', copy, box);
  assert.deepEqual(lost(converted.members, await listMembers(copy)), []);
  assert.equal(await podman.run('--rm', converted.name), STORY.secondRun);
  await podman.podman('rm', box);
  await podman.podman('rmi', converted.name);
}

async function checkContainerd(converted: Converted, { containerd }: Engines): Promise<void> {
  await containerd.import(converted.image);
  assert.equal(await containerd.ctr('images', 'ls', '--quiet'), converted.name);
  assert.match(await containerd.ctr('images', 'ls'), new RegExp(`sha256:${converted.manifestDigest}`));
  assert.equal(await containerd.run(converted.name), STORY.secondRun);
  await containerd.ctr('images', 'rm', '--sync', converted.name);
}

async function checkSkopeo(transport: string, converted: Converted, dir: string): Promise<void> {
  const copy = join(dir, transport);
  const source = `${transport}:${converted.image}`;
  await run('skopeo', ['copy', '--quiet', '--insecure-policy', source, `dir:${copy}`]);
  const manifest = readFileSync(join(copy, 'manifest.json'));
  const { config } = JSON.parse(manifest.toString()) as { config: { digest: string } };
  assert.equal(config.digest, `sha256:${converted.configDigest}`);
  if (transport === 'oci-archive')
    assert.equal(createHash('sha256').update(manifest).digest('hex'), converted.manifestDigest);
  const named = await run('skopeo', [
    'inspect',
    '--raw',
    `${source}:${transport === 'oci-archive' ? converted.tag : converted.name}`,
  ]);
  assert.match(named, new RegExp(converted.configDigest));
}

async function checkUmoci(converted: Converted, _: Engines, dir: string): Promise<void> {
  const layout = join(dir, 'layout');
  const bundle = join(dir, 'bundle');
  mkdirSync(layout);
  await run('tar', ['-C', layout, '-xf', converted.image]);
  await run('umoci', ['unpack', '--image', `${layout}:${converted.tag}`, bundle]);
  const root = join(bundle, 'rootfs');
  assert.equal(readFileSync(join(root, 'srv/note'), 'utf8'), `${STORY.secondRun.split('\n').slice(0, 2).join('\n')}\n`);
  assert.equal(statSync(join(root, SETUID)).mode & 0o7777, 0o4755);
  assert.match(await run('getcap', [join(root, CAPABLE)]), /cap_net_bind_service,cap_net_raw=ep/);
  const { process: runs } = JSON.parse(readFileSync(join(bundle, 'config.json'), 'utf8')) as {
    process: { args: string[] };
  };
  assert.deepEqual(runs.args, ['/usr/local/bin/start']);
}
