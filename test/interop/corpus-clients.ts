import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TOLD } from '../support/corpus-image.ts';
import { skopeoCopy, untar } from '../support/engines-build.ts';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { onlyDocker } from '../support/engines-store.ts';
import { run } from '../support/engines.ts';

/** The name that every conversion asks for, as typed and in full. */
export const CHOSEN: { readonly typed: string; readonly full: string; readonly tag: string } = {
  typed: 'chosen:1',
  full: 'docker.io/library/chosen:1',
  tag: '1',
};

/** The engines that load converted archives. Their stores are emptied first, as known layers are not read again. */
export class Takers {
  readonly docker: Docker;
  readonly containerd: Containerd;
  readonly podman = new Podman();
  /** Digests of the archives that were already loaded: many conversions give the same bytes. */
  readonly #taken = new Set<string>();

  private constructor(docker: Docker, containerd: Containerd) {
    this.docker = docker;
    this.containerd = containerd;
  }

  static async start(): Promise<Takers> {
    const [docker, containerd] = await Promise.all([Docker.start(), Containerd.start()]);
    return new Takers(docker, containerd);
  }

  /** Asserts that every client loads the archive under the chosen name, and that its container runs as it should. */
  async take(image: string, dir: string): Promise<void> {
    const digest = createHash('sha256').update(readFileSync(image)).digest('hex');
    if (this.#taken.has(digest)) return;
    const others = onlyDocker ? [] : this.#inOthers(image, dir);
    try {
      await Promise.all([this.#inDocker(image), ...others]);
      this.#taken.add(digest);
    } catch (error) {
      await Promise.allSettled(others);
      await this.empty();
      throw error;
    }
  }

  async #inDocker(image: string): Promise<void> {
    const { docker } = this;
    assert.equal(await docker.docker('image', 'ls', '--all', '--quiet'), '');
    assert.match(await docker.docker('load', '--input', image), new RegExp(`^Loaded image: ${CHOSEN.typed}$`, 'm'));
    assert.equal(await docker.docker('run', '--rm', '--network', 'none', CHOSEN.typed), TOLD);
    await docker.docker('rmi', '--force', CHOSEN.typed);
  }

  /** Removes all images from all stores. */
  async empty(): Promise<void> {
    const { docker, podman } = this;
    await Promise.all([
      docker.docker('image', 'prune', '--all', '--force'),
      podman.podman('rmi', '--all', '--force'),
      this.#emptyContainerd(),
    ]);
  }

  async #emptyContainerd(): Promise<void> {
    const { containerd } = this;
    const names = (await containerd.ctr('images', 'ls', '--quiet')).split('\n').filter((name) => name !== '');
    if (names.length > 0) await containerd.ctr('images', 'rm', '--sync', ...names);
    // A failed import leaves content without an image until the garbage collector runs.
    const content = (await containerd.ctr('content', 'ls', '--quiet')).split('\n').filter((digest) => digest !== '');
    for (const digest of content) await containerd.ctr('content', 'rm', digest).catch(() => undefined);
  }

  #inOthers(image: string, dir: string): Promise<void>[] {
    return [this.#inPodman(image), this.#inContainerd(image), this.#inSkopeo(image, dir), this.#inUmoci(image, dir)];
  }

  async #inPodman(image: string): Promise<void> {
    const { podman } = this;
    assert.equal(await podman.podman('image', 'ls', '--all', '--quiet'), '');
    await podman.podman('load', '--quiet', '--input', image);
    assert.equal(await podman.run('--rm', CHOSEN.full), TOLD);
    await podman.podman('rmi', '--all', '--force');
  }

  async #inContainerd(image: string): Promise<void> {
    const { containerd } = this;
    assert.equal(await containerd.ctr('content', 'ls', '--quiet'), '');
    await containerd.import(image);
    assert.equal(await containerd.ctr('images', 'ls', '--quiet'), CHOSEN.full);
    assert.equal(await containerd.run(CHOSEN.full), TOLD);
    await containerd.ctr('images', 'rm', '--sync', CHOSEN.full);
  }

  async #inSkopeo(image: string, dir: string): Promise<void> {
    await skopeoCopy(`docker-archive:${image}:${CHOSEN.full}`, `dir:${join(dir, 'from-docker')}`);
    await skopeoCopy(`oci-archive:${image}:${CHOSEN.tag}`, `dir:${join(dir, 'from-oci')}`);
    const [docker, oci] = ['from-docker', 'from-oci'].map((folder) => configOf(join(dir, folder)));
    assert.equal(docker, oci);
  }

  async #inUmoci(image: string, dir: string): Promise<void> {
    const bundle = join(dir, 'bundle');
    const layout = await untar(image, join(dir, 'layout'));
    await run('umoci', ['unpack', '--image', `${layout}:${CHOSEN.tag}`, bundle]);
    const inRoot = (path: string) => join(bundle, 'rootfs/srv', path);
    assert.equal(readFileSync(inRoot('note'), 'utf8'), 'third\n');
    assert.equal(statSync(inRoot('linked')).ino, statSync(inRoot('note')).ino);
    assert.ok(!existsSync(inRoot('gone')));
  }

  async stop(): Promise<void> {
    for (const part of [this.podman, this.containerd, this.docker]) await part.stop();
  }
}

function configOf(folder: string): string {
  const { config } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { config: { digest: string } };
  return config.digest;
}
