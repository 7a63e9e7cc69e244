import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Docker } from '../support/engines-docker.ts';
import { run } from '../support/engines.ts';
import { LADING } from './converters.ts';

/** What a container sees at each path, by printable path. */
export type RootFacts = Map<string, string>;

const SCRIPT = fileURLToPath(new URL('root-facts.py', import.meta.url));

/** Times from here on are those of engines: all files of the tests are older. In seconds since 1970. */
const NOW = Math.floor(Date.now() / 1000) - 86_400;

/** What Docker itself puts into every container. */
const DOCKERS_OWN = /^'(?:\.dockerenv|(?:dev|proc|sys)(?:\/.*)?|etc\/(?:hostname|hosts|mtab|resolv\.conf)|etc|)'$/;

/** Lists the file system in a tar archive with Python's reader, without what Docker puts into every container. */
export async function rootFacts(archive: string): Promise<RootFacts> {
  const lines = (await run('python3', [SCRIPT, archive, String(NOW)])).trimEnd().split('\n');
  const all = lines.filter((line) => line !== '').map((line) => line.split('\t') as [string, string]);
  return new Map(all.filter(([path]) => !DOCKERS_OWN.test(path)));
}

/** The file system of an image archive as `lading rootfs` writes it. */
export async function ladingRoot(file: string, place: string, ...options: string[]): Promise<RootFacts> {
  const output = join(place, 'rootfs.tar');
  await run(process.execPath, [LADING, 'rootfs', file, '-o', output, '-q', ...options], process.env);
  return await rootFacts(output);
}

/** The file system of a container of an image that Docker has loaded, as `docker export` gives it. */
export async function dockerRoot(docker: Docker, image: string, place: string): Promise<RootFacts> {
  const output = join(place, 'exported.tar');
  const container = await docker.docker('create', image, '/nothing');
  await docker.docker('export', '--output', output, container);
  await docker.docker('rm', container);
  return await rootFacts(output);
}
