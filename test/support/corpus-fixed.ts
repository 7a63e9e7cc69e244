import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firstRoot } from './corpus-image.ts';
import { skopeoCopy } from './engines-build.ts';
import type { Containerd } from './engines-containerd.ts';
import type { Docker } from './engines-docker.ts';
import type { Podman } from './engines-podman.ts';
import { run } from './engines.ts';
import { dockerArchive } from './image-builder.ts';

/** The name of the image in the archives below. */
const NAME = 'docker.io/library/lading-fixed:1';

/** The names of the archives below. */
export const FIXED_ARCHIVES = [
  'docker save',
  'podman save',
  'oci-archive with gzip layers',
  'ctr export, hybrid',
  'docker export',
  'docker export with gzip',
] as const;
export type FixedArchive = (typeof FIXED_ARCHIVES)[number];

/** Makes archives of one image with real tools, by name. Except for a few times they are the same in each run. */
export async function fixedArchives(
  { docker, podman, containerd }: { docker: Docker; podman: Podman; containerd: Containerd },
  dir: string,
): Promise<Record<FixedArchive, string>> {
  const file = (name: string) => join(dir, name);
  writeFileSync(
    file('fixed.tar'),
    dockerArchive([{ names: [NAME], layers: await fixedLayers(dir), config: { Cmd: ['sh', '/srv/tell'] } }]),
  );
  await docker.docker('load', '--input', file('fixed.tar'));
  await podman.podman('load', '--quiet', '--input', file('fixed.tar'));
  await docker.docker('save', '--output', file('saved.tar'), NAME);
  await podman.podman('save', '--quiet', '--output', file('podman.tar'), NAME);
  await skopeoCopy(`docker-archive:${file('fixed.tar')}`, `oci-archive:${file('oci.tar')}:${NAME}`);
  await containerd.ctr('images', 'import', '--no-unpack', file('fixed.tar'));
  await containerd.ctr('images', 'export', file('hybrid.tar'), NAME);
  await containerd.ctr('images', 'rm', '--sync', NAME);
  const box = await docker.docker('create', NAME);
  await docker.docker('export', '--output', file('export.tar'), box);
  await run('sh', ['-c', 'gzip -c -n "$0" >"$1"', file('export.tar'), file('export.tar.gz')]);
  await docker.docker('rm', box);
  await docker.docker('image', 'prune', '--all', '--force');
  await podman.podman('rmi', '--all', '--force');
  return {
    'docker save': file('saved.tar'),
    'podman save': file('podman.tar'),
    'oci-archive with gzip layers': file('oci.tar'),
    'ctr export, hybrid': file('hybrid.tar'),
    'docker export': file('export.tar'),
    'docker export with gzip': file('export.tar.gz'),
  };
}

/** A root file system with links, long names and a capability, and above it a layer with whiteouts. */
async function fixedLayers(dir: string): Promise<Buffer[]> {
  const root = join(dir, 'root');
  mkdirSync(root);
  await firstRoot(root);
  linkSync(join(root, 'srv/note'), join(root, 'srv/linked'));
  for (const name of ['n'.repeat(120), 'd/'.repeat(60) + 'deep', 'über'].map((each) => join(root, 'srv', each))) {
    await run('sh', ['-c', 'mkdir -p "$(dirname "$0")" && echo "$0" | tail -c 9 >"$0"', name]);
  }
  writeFileSync(join(root, 'srv/capable'), 'echo capable\n');
  chmodSync(join(root, 'srv/capable'), 0o755);
  await run('setcap', ['cap_net_raw+ep', join(root, 'srv/capable')]);
  const lower = await pack(root, join(dir, 'lower.tar'));
  rmSync(root, { recursive: true });
  mkdirSync(join(root, 'srv'), { recursive: true });
  for (const [name, text] of Object.entries({ note: 'third\n', '.wh.gone': '', new: 'new\n' }))
    writeFileSync(join(root, 'srv', name), text);
  const upper = await pack(root, join(dir, 'upper.tar'));
  rmSync(root, { recursive: true });
  return [lower, upper];
}

async function pack(root: string, file: string): Promise<Buffer> {
  const same = ['--sort=name', '--mtime=@1700000000', '--numeric-owner', '--pax-option=delete=atime,delete=ctime'];
  const xattrs = ['--xattrs', '--xattrs-include=security.capability'];
  await run('tar', ['-C', root, '--format=posix', ...same, ...xattrs, '-cf', file, '.']);
  return readFileSync(file);
}
