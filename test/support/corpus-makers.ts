import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeByHand } from './corpus-by-hand.ts';
import { NAMES } from './corpus-image.ts';
import { QUALIFIED, subfolder, type Workshop } from './corpus-workshop.ts';
import { skopeoCopy, tarFolder, untar } from './engines-build.ts';
import { run } from './engines.ts';

/** Writes one image archive to a file. */
export type Make = (shop: Workshop, file: string) => Promise<unknown>;

export function save(...names: string[]): Make {
  return ({ docker }, file) => docker.docker('save', '--output', file, ...names);
}

export async function saveByID(shop: Workshop, file: string): Promise<void> {
  await save(await shop.docker.docker('image', 'inspect', '--format', '{{.Id}}', NAMES.web))(shop, file);
}

export function podmanSave(format: string): Make {
  return ({ podman }, file) => podman.podman('save', '--quiet', '--format', format, '--output', file, QUALIFIED.podman);
}

export function podmanDir(format: string): Make {
  return async (shop, file) => {
    const folder = join(shop.folder(format), 'saved');
    await podmanSave(format)(shop, folder);
    await tarFolder(folder, file, false);
  };
}

export function skopeo(transport: string): Make {
  return ({ saved }, file) => skopeoCopy(`docker-archive:${saved}`, `${transport}:${file}:${QUALIFIED.docker}`);
}

export function skopeoDir(dotted: boolean, ...options: string[]): Make {
  return async (shop, file) => {
    const folder = shop.folder('dir');
    await skopeoCopy(`docker-archive:${shop.saved}`, `dir:${folder}`, ...options);
    await tarFolder(folder, file, dotted);
  };
}

export function buildahPush(transport: string): Make {
  return async (shop, file) =>
    shop.buildah.buildah('push', '--quiet', await shop.built(), `${transport}:${file}:${QUALIFIED.docker}`);
}

export async function podmanSaveTwo(shop: Workshop, file: string): Promise<void> {
  const { podman, dir } = shop;
  const base = join(dir, 'base.tar');
  await save(NAMES.base)(shop, base);
  await podman.podman('load', '--quiet', '--input', base);
  const both = [QUALIFIED.podman, QUALIFIED.podmanBase];
  await podman.podman('save', '--quiet', '--multi-image-archive', '--output', file, ...both);
}

/** Writes an image with zstd layers, which Docker before 23 cannot read. */
export async function zstdLayers(shop: Workshop, file: string): Promise<void> {
  const layout = join(shop.folder('zstd'), 'layout');
  const zstd = ['--dest-compress-format', 'zstd', '--dest-compress'];
  await skopeoCopy(`docker-archive:${shop.saved}`, `oci:${layout}:${QUALIFIED.docker}`, ...zstd);
  await tarFolder(layout, file, false);
}

export async function twoPlatforms(shop: Workshop, file: string): Promise<void> {
  const { buildah } = shop;
  const amd64 = await shop.built();
  const other = await buildah.buildah('from', amd64);
  await buildah.buildah('config', '--arch', 'arm64', other);
  await buildah.buildah('commit', '--quiet', other, 'localhost/arm:1');
  await buildah.buildah('manifest', 'create', 'both', amd64, 'localhost/arm:1');
  await buildah.buildah('manifest', 'push', '--quiet', '--all', 'both', `oci-archive:${file}:${NAMES.web}`);
}

export function ctrExport(...options: string[]): Make {
  return ({ containerd }, file) => containerd.ctr('images', 'export', ...options, file, QUALIFIED.docker);
}

export function byHand(format: Parameters<typeof writeByHand>[0]): Make {
  return (shop, file) => writeByHand(format, shop.saved, shop.folder('parts'), file);
}

export async function inFolder(shop: Workshop, file: string): Promise<void> {
  const above = shop.folder('wrapped');
  await untar(shop.saved, subfolder(above, 'image'));
  await run('tar', ['-C', above, '-cf', file, 'image']);
}

/** Exports a container of the useless image that `docker import` makes of a file for `docker load`. */
export async function nested({ docker, saved }: Workshop, file: string): Promise<void> {
  await docker.docker('import', saved, 'mistaken:1');
  const box = await docker.docker('create', 'mistaken:1', 'nothing');
  await docker.docker('export', '--output', `${file}.part`, box);
  renameSync(`${file}.part`, file);
  await docker.docker('rm', box);
  await docker.docker('rmi', 'mistaken:1');
}
