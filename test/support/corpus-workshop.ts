import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, CHANGES, firstRoot, NAMES, STEPS } from './corpus-image.ts';
import { Buildah, skopeoCopy } from './engines-build.ts';
import { Containerd } from './engines-containerd.ts';
import { Docker } from './engines-docker.ts';
import { Podman } from './engines-podman.ts';
import { isCurrent } from './engines-store.ts';
import { run } from './engines.ts';

/** The programs that make the corpus. */
export const TOOLS: readonly string[] =
  'dockerd docker containerd ctr runc podman buildah skopeo umoci tar gzip bzip2 xz zstd busybox python3'.split(' ');

/** The names by which the tools know the image. */
export const QUALIFIED: { readonly docker: string; readonly podman: string; readonly podmanBase: string } = {
  docker: `docker.io/library/${NAMES.web}`,
  // An index has the full name, and `manifest.json` a shortened one.
  podman: `${isCurrent ? 'docker.io/library' : 'localhost'}/${NAMES.web}`,
  podmanBase: `${isCurrent ? 'docker.io/library' : 'localhost'}/${NAMES.base}`,
};

/** Every tool that writes image archives, each with the image in its store. */
export class Workshop {
  readonly dir: string;
  readonly docker: Docker;
  readonly podman: Podman = new Podman();
  readonly buildah: Buildah = new Buildah();
  readonly containerd: Containerd;
  /** The path of the image as `docker save` writes it, and of an OCI layout that skopeo wrote. */
  readonly saved: string;
  readonly layout: string;

  private constructor(dir: string, docker: Docker, containerd: Containerd) {
    this.dir = dir;
    this.docker = docker;
    this.containerd = containerd;
    this.saved = join(dir, 'saved.tar');
    this.layout = join(dir, 'layout');
  }

  static async open(dir: string): Promise<Workshop> {
    const [docker, containerd] = await Promise.all([Docker.start(), Containerd.start()]);
    const shop = new Workshop(dir, docker, containerd);
    try {
      await shop.#stock();
      return shop;
    } catch (error) {
      await shop.stop();
      throw error;
    }
  }

  async #stock(): Promise<void> {
    const { docker, saved } = this;
    await buildImage(docker, this.dir);
    await docker.docker('save', '--output', saved, NAMES.web);
    await this.podman.podman('load', '--quiet', '--input', saved);
    await this.containerd.ctr('images', 'import', '--no-unpack', saved);
    await skopeoCopy(`docker-archive:${saved}`, `oci:${this.layout}:${QUALIFIED.docker}`);
  }

  /** Makes an empty folder. */
  folder(name: string): string {
    return mkdtempSync(join(this.dir, `${name}-`));
  }

  #built: Promise<string> | null = null;

  /** Builds the image with buildah itself, and returns its name. */
  built(): Promise<string> {
    return (this.#built ??= this.#build());
  }

  async #build(): Promise<string> {
    const { buildah } = this;
    const root = this.folder('buildah');
    await firstRoot(root);
    const first = await buildah.buildah('from', 'scratch');
    await buildah.buildah('add', '--quiet', first, root, '/');
    await buildah.buildah(
      'config',
      '--cmd',
      '["sh", "/srv/tell"]',
      '--env',
      'PATH=/bin',
      '--env',
      'GREETING=hello',
      first,
    );
    await buildah.buildah('commit', '--quiet', first, 'localhost/step:0');
    for (const [i, step] of STEPS.entries()) {
      const next = await buildah.buildah('from', `localhost/step:${i}`);
      await buildah.run(next, 'sh', '-c', step);
      await buildah.buildah('commit', '--quiet', next, `localhost/step:${i + 1}`);
    }
    return `localhost/step:${STEPS.length}`;
  }

  /** Builds the image with umoci as an OCI layout, under the tag `1`. */
  async layered(): Promise<string> {
    const layout = join(this.folder('umoci'), 'layout');
    const bundle = join(this.folder('umoci'), 'bundle');
    const image = `${layout}:1`;
    await run('umoci', ['init', '--layout', layout]);
    await run('umoci', ['new', '--image', image]);
    await run('umoci', ['unpack', '--image', image, bundle]);
    await firstRoot(join(bundle, 'rootfs'));
    await run('umoci', ['repack', '--refresh-bundle', '--image', image, bundle]);
    for (const step of STEPS) {
      await run('chroot', [join(bundle, 'rootfs'), '/bin/busybox', 'sh', '-c', `export PATH=/bin; ${step}`]);
      await run('umoci', ['repack', '--refresh-bundle', '--image', image, bundle]);
    }
    const command = ['sh', '/srv/tell'].map((word) => `--config.cmd=${word}`);
    const env = CHANGES.flatMap((change) => (change.startsWith('ENV ') ? `--config.env=${change.slice(4)}` : []));
    await run('umoci', ['config', '--image', image, ...command, ...env]);
    await run('umoci', ['gc', '--layout', layout]);
    return layout;
  }

  async stop(): Promise<void> {
    for (const part of [this.buildah, this.podman, this.containerd, this.docker]) await part.stop();
  }
}

/** Makes a new folder below another, and returns its path. */
export function subfolder(...path: string[]): string {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  return folder;
}
