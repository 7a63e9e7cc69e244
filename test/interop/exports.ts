import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from '../support/engines-docker.ts';
import type { Podman } from '../support/engines-podman.ts';
import { addLife, addOddities, type Base, STORY } from '../support/engines-roots.ts';
import { run } from '../support/engines.ts';

/** A container archive as an engine wrote it, and the options that restore its configuration. */
export interface ContainerExport {
  file: string;
  inspect: string | null;
  /** The value of the option `compress`. */
  compress: string | null;
  changes: readonly string[];
}

/** Makes a tar archive of the base, with files of every odd kind, ready to be imported. */
export async function makeRootTar(base: Base, dir: string): Promise<string> {
  const root = join(dir, 'root');
  const file = join(dir, 'root.tar');
  mkdirSync(root);
  await base.make(root);
  addLife(root);
  await addOddities(root);
  const keep = ['--xattrs', '--xattrs-include=security.capability', '--numeric-owner'];
  await run('tar', ['-C', root, ...keep, '-cf', file, '.']);
  rmSync(root, { recursive: true });
  return file;
}

const CHANGES = STORY.changes.flatMap((change) => ['--change', change]);

/** Runs a container from the root in Docker and exports it; `docker inspect` gives the configuration. */
export async function dockerExport(docker: Docker, rootTar: string, dir: string): Promise<ContainerExport> {
  const file = join(dir, 'docker-export.tar');
  const inspect = join(dir, 'inspect.json');
  await docker.docker('import', ...CHANGES, rootTar, 'base');
  await docker.docker('run', '--name', 'box', '--network', 'none', 'base');
  await docker.docker('export', '--output', file, 'box');
  writeFileSync(inspect, await docker.docker('inspect', 'box'));
  await docker.docker('rm', 'box');
  await docker.docker('rmi', 'base');
  return { file, inspect, compress: null, changes: [] };
}

/** Runs a container from the root in podman and exports it; `change` restores the configuration. */
export async function podmanExport(podman: Podman, rootTar: string, dir: string): Promise<ContainerExport> {
  const file = join(dir, 'podman-export.tar');
  await podman.podman('import', '--quiet', ...CHANGES, rootTar, 'localhost/base:1');
  await podman.run('--name', 'box', 'localhost/base:1');
  await podman.podman('export', '--output', file, 'box');
  await podman.podman('rm', 'box');
  await podman.podman('rmi', 'localhost/base:1');
  return { file, inspect: null, compress: null, changes: STORY.changes };
}

/** The same export with gzip around it, as `docker export box | gzip` makes it. */
export async function gzipped(plain: ContainerExport): Promise<ContainerExport> {
  const file = `${plain.file}.gz`;
  await run('sh', ['-c', 'gzip -c -n -1 <"$0" >"$1"', plain.file, file]);
  return { ...plain, file };
}

/** The same export with xz around it, to be converted to a gzip layer. */
export async function xzToGzip(plain: ContainerExport): Promise<ContainerExport> {
  const file = `${plain.file}.xz`;
  await run('sh', ['-c', 'xz -c -1 <"$0" >"$1"', plain.file, file]);
  return { ...plain, file, compress: 'gzip' };
}
