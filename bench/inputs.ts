import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Docker } from '../test/support/engines-docker.ts';
import { DEBIAN } from '../test/support/engines-roots.ts';
import { run } from '../test/support/engines.ts';

/** A container export to measure on. */
export interface Input {
  name: string;
  file: string;
  compression: 'none' | 'gzip';
  size: number;
  members: number;
}

/** A real `docker export` of a container grown from Debian to about `gb` GB, plain and with gzip around it. */
export async function makeInputs(gb: number, docker: Docker, dir: string): Promise<Input[]> {
  const plain = join(dir, 'export.tar');
  const packed = `${plain}.gz`;
  await makeExport(gb * 1e9, docker, dir, plain);
  await run('sh', ['-c', 'pigz -c "$0" >"$1"', plain, packed]);
  const members = Number(await run('sh', ['-c', 'tar -tf "$0" | wc -l', plain]));
  return [
    { name: 'plain export', file: plain, compression: 'none', size: statSync(plain).size, members },
    { name: 'gzipped export', file: packed, compression: 'gzip', size: statSync(packed).size, members },
  ];
}

async function makeExport(bytes: number, docker: Docker, dir: string, file: string): Promise<void> {
  const root = join(dir, 'root');
  await growRoot(bytes, root);
  const imported = `${file}.root`;
  await run('tar', ['-C', root, '--numeric-owner', '-cf', imported, '.']);
  rmSync(root, { recursive: true });
  await docker.docker('import', imported, 'grown');
  rmSync(imported);
  await docker.docker('create', '--name', 'grown', 'grown', '/bin/true');
  await docker.docker('export', '--output', file, 'grown');
  await docker.docker('rm', 'grown');
  await docker.docker('rmi', 'grown');
}

/** Debian, and as many copies of its programs and libraries as make it `bytes` long: many members of every size. */
async function growRoot(bytes: number, root: string): Promise<void> {
  await DEBIAN.make(root);
  const copies = join(root, 'srv/copies');
  mkdirSync(copies);
  const size = async (path: string): Promise<number> => Number((await run('du', ['-sb', path])).split('\t')[0]);
  const one = await size(join(root, 'usr'));
  const wanted = Math.max(0, Math.round((bytes - (await size(root))) / one));
  for (let copy = 1; copy <= wanted; copy++) await run('cp', ['-a', join(root, 'usr'), join(copies, `usr-${copy}`)]);
}
