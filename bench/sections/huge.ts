import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { skopeoCopy } from '../../test/support/engines-build.ts';
import { run } from '../../test/support/engines.ts';
import type { Bench, Section } from '../bench.ts';
import { CONVERT, LADING, plainly } from '../contenders.ts';
import { filesOf } from '../inputs.ts';
import { measureAll } from '../measure.ts';
import { holds, type Target } from '../targets.ts';

const GIB = 9;
const FILES = 4;
const IMAGE = 'bench:1';

/**
 * The section of the benchmark that converts an export of 9 GiB, and checks that Docker and skopeo load the image: its
 * layer is too large for the octal size field of a tar header.
 */
export const huge: Section = {
  name: 'huge',
  title: 'A layer beyond 8 GiB',
  how: `An export of ${GIB} GiB in ${FILES} files of zeros: converted once, then read by the clients. The digest that each finds must be that of \`openssl dgst -sha256\`.`,
  needs: ['dockerd', 'docker', 'skopeo', 'openssl'],
  async run(bench) {
    const file = await filesOf(bench, FILES, (GIB * 2 ** 30) / FILES);
    const image = join(bench.dir, 'image.tar');
    const floor = 'openssl dgst -sha256';
    const line = `${LADING} convert --quiet --name ${IMAGE} ${file} --output ${image}`;
    const contenders = [plainly(floor, `${floor} ${file}`), plainly(CONVERT, line)];
    // This reads the file once, so that it is in the page cache for every contender.
    const digest = `sha256:${(await run('openssl', ['dgst', '-sha256', '-r', file])).slice(0, 64)}`;
    const rows = await measureAll(contenders, { ours: 1, rivals: 0 });
    const targets = [
      await readBySkopeo(bench, `docker-archive:${image}`, digest),
      await readBySkopeo(bench, `oci-archive:${image}`, digest),
      await loadedByDocker(bench, image, digest),
    ];
    rmSync(image);
    return { tables: [{ title: `${GIB} GiB`, rows }], targets };
  },
};

async function readBySkopeo(bench: Bench, image: string, digest: string): Promise<Target> {
  const dir = join(bench.dir, 'skopeo');
  await skopeoCopy(image, `dir:${dir}`);
  const { layers } = JSON.parse(readFileSync(join(dir, 'manifest.json'), 'utf8')) as { layers: { digest: string }[] };
  rmSync(dir, { recursive: true });
  return holds(`skopeo takes the layer from ${image.split(':')[0] ?? ''}`, layers[0]?.digest === digest);
}

async function loadedByDocker(bench: Bench, image: string, digest: string): Promise<Target> {
  const docker = await bench.docker();
  await docker.docker('load', '--input', image);
  const layers = await docker.docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', IMAGE);
  await docker.docker('rmi', IMAGE);
  return holds('Docker Engine loads it', layers === JSON.stringify([digest]));
}
