import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from './engines-docker.ts';
import { BUSYBOX } from './engines-roots.ts';
import { run } from './engines.ts';

/** The content of /srv in the first layer; the container prints it. */
const FIRST: Record<string, string> = {
  note: 'first\n',
  gone: 'must not be seen\n',
  tell: 'echo "$GREETING"; cat /srv/note /srv/linked; cd /srv; echo *; echo dir/*\n',
  'dir/old': 'must not be seen\n',
};

/** Commands that make the second and third layer: a change, a hard link, a deleted file, a replaced folder. */
export const STEPS = [
  'echo second >/srv/note; ln /srv/note /srv/linked; echo new >/srv/new',
  // The hard link is made again, because on an overlay the change breaks it.
  'echo third >/srv/note; ln -f /srv/note /srv/linked; rm /srv/gone; rm -r /srv/dir; mkdir /srv/dir; echo anew >/srv/dir/anew',
] as const;

/** The output of the container: the change of the top layer under both names, and nothing that was deleted. */
export const TOLD: string = ['hello', 'third', 'third', 'dir linked new note tell', 'dir/anew'].join('\n');

/** The config as values of the option `--change`. */
export const CHANGES = ['CMD ["sh", "/srv/tell"]', 'ENV PATH=/bin', 'ENV GREETING=hello'] as const;

/** The image's name as Docker prints it, its other name, and the name of the image below it. */
export const NAMES = { web: 'lading-corpus:1', other: 'ghcr.io/team/corpus:2', base: 'lading-base:1' } as const;

/** Fills an empty folder with the root file system of the first layer. */
export async function firstRoot(root: string): Promise<void> {
  await BUSYBOX.make(root);
  mkdirSync(join(root, 'srv/dir'));
  for (const [path, text] of Object.entries(FIRST)) writeFileSync(join(root, 'srv', path), text);
}

/** Writes the root file system of the first layer as a tar archive. */
export async function imageRoot(dir: string, file: string): Promise<void> {
  const root = join(dir, 'root');
  mkdirSync(root);
  await firstRoot(root);
  await run('tar', ['-C', root, '--numeric-owner', '-cf', file, '.']);
  rmSync(root, { recursive: true });
}

/** Makes the image of three layers in Docker, with both names, and the image of its first layer alone. */
export async function buildImage(docker: Docker, dir: string): Promise<void> {
  const rootTar = join(dir, 'root.tar');
  await imageRoot(dir, rootTar);
  await docker.docker('import', ...CHANGES.flatMap((change) => ['--change', change]), rootTar, NAMES.base);
  rmSync(rootTar);
  let below: string = NAMES.base;
  for (const step of STEPS) {
    await docker.docker('run', '--name', 'step', '--network', 'none', below, 'sh', '-c', step);
    below = await docker.docker('commit', '--change', CHANGES[0], 'step');
    await docker.docker('rm', 'step');
  }
  for (const name of [NAMES.web, NAMES.other]) await docker.docker('tag', below, name);
}
