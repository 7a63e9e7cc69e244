import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { DEBIAN } from '../test/support/engines-roots.ts';
import { run } from '../test/support/engines.ts';
import { archive, exportEntries, header, member } from '../test/support/tar-builder.ts';
import type { Bench } from './bench.ts';

/**
 * Returns the path of an archive of about `gb` GB (10^9 bytes) that `docker export` has written: Debian with copies of
 * `/usr`. The archive is made if it does not exist.
 */
export function exported(bench: Bench, gb: number): Promise<string> {
  return bench.input(`export-${gb}.tar`, (path) => makeExport(bench, gb * 1e9, path));
}

/**
 * Returns the path of an archive for the benchmark: the `docker export` of about `gb` GB (10^9 bytes), compressed by
 * `command`. This command must write to standard output when it gets `-c`. The archive is made if it does not exist.
 */
export async function packed(bench: Bench, gb: number, command: string): Promise<string> {
  const plain = await exported(bench, gb);
  const name = `export-${gb}.tar.${command.replaceAll(/\W+/g, '-')}`;
  return await bench.input(name, (path) => run('sh', ['-c', `${command} -c "$0" >"$1"`, plain, path]));
}

async function makeExport(bench: Bench, bytes: number, file: string): Promise<void> {
  const root = join(bench.dir, 'root');
  const imported = join(bench.dir, 'root.tar');
  const docker = await bench.docker();
  await growRoot(bytes, root);
  await run('tar', ['-C', root, '--numeric-owner', '-cf', imported, '.']);
  rmSync(root, { recursive: true });
  await docker.docker('import', imported, 'grown');
  rmSync(imported);
  await docker.docker('create', '--name', 'grown', 'grown', '/bin/true');
  await docker.docker('export', '--output', file, 'grown');
  await docker.docker('rm', 'grown');
  await docker.docker('rmi', 'grown');
}

/**
 * Makes the root file system of a Debian in the folder `root`. Adds as many copies of its `/usr` as bring it to about
 * `bytes` bytes, so that it has many files of every size.
 */
async function growRoot(bytes: number, root: string): Promise<void> {
  await DEBIAN.make(root);
  const copies = join(root, 'srv/copies');
  mkdirSync(copies);
  const size = async (path: string): Promise<number> => Number((await run('du', ['-sb', path])).split('\t')[0]);
  const one = await size(join(root, 'usr'));
  const wanted = Math.max(0, Math.round((bytes - (await size(root))) / one));
  for (let copy = 1; copy <= wanted; copy++) await run('cp', ['-a', join(root, 'usr'), join(copies, `usr-${copy}`)]);
}

const BLOCK = 512;

/**
 * Returns the path of a tar archive like a container export, with `count` files of `bodyBytes` zeros each. The archive
 * is made if it does not exist. Contents of more than 512 bytes are holes in the archive's file, and take no disk
 * space.
 */
export function filesOf(bench: Bench, count: number, bodyBytes: number): Promise<string> {
  return bench.input(`files-${count}-${bodyBytes}.tar`, async (path) => {
    const file = await open(path, 'w');
    const start = Buffer.concat(exportEntries().map(member));
    const stride = BLOCK + Math.ceil(bodyBytes / BLOCK) * BLOCK;
    await file.write(start, 0, start.length, 0);
    // Small bodies: many headers and bodies go into one write. Larger bodies are skipped, so that they become holes.
    const batch = bodyBytes <= BLOCK ? 4096 : 1;
    for (let first = 0; first < count; first += batch) {
      const headers = Buffer.alloc((Math.min(batch, count - first) - 1) * stride + BLOCK);
      for (let at = 0; at < headers.length; at += stride)
        headers.set(header({ name: nameOf(first + at / stride), size: bodyBytes }), at);
      await file.write(headers, 0, headers.length, start.length + first * stride);
    }
    const end = archive([]);
    await file.write(end, 0, end.length, start.length + count * stride);
    await file.close();
  });
}

/** The path of the file with the number `index`, as in the store of a package manager: fifty files in each folder. */
function nameOf(index: number): string {
  const folder = Math.floor(index / 50);
  return `usr/lib/modules/${folder % 97}/package-${folder}/file-${index}.txt`;
}
