import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Buildah } from '../test/support/engines-build.ts';
import { Podman } from '../test/support/engines-podman.ts';
import { ENGINE_ENV } from '../test/support/engines.ts';
import type { Bench } from './bench.ts';
import type { Contender, Figures, Row } from './measure.ts';

export const CONVERT = 'lading convert';
export const DOCKER = 'docker import + docker save';
export const PODMAN = 'podman import + podman save';

const NODE = process.execPath;

/** The beginning of a shell command that starts Lading as users do. The arguments of `lading` follow. */
export const LADING = `${NODE} ${fileURLToPath(new URL('../cli/lading.js', import.meta.url))}`;

/**
 * Makes a contender (a command to measure) that runs a job of the benchmark in a process of its own, with the
 * environment variables `env`. `name` stands in the results. `task` is the name of the job in bench/work.ts, and its
 * argument. The job prints its figures as JSON on standard output.
 */
export function worker(name: string, task: string, env: NodeJS.ProcessEnv = process.env): Contender {
  const line = `${NODE} ${join(import.meta.dirname, 'work.ts')} ${task}`;
  return { name, line, env, read: (stdout) => JSON.parse(stdout.split('\n').at(-1) ?? '') as Figures };
}

/**
 * Makes a contender (a command to measure) from the shell command `line`. `name` stands in the results. Only time and
 * memory are measured: no `Figures` are read from the output, and no daemon is measured. The file `output`, if given,
 * is deleted after each run.
 */
export function plainly(name: string, line: string, output?: string): Contender {
  const tidy = async (): Promise<void> => (output === undefined ? undefined : rmSync(output, { force: true }));
  return { name, line, env: ENGINE_ENV, tidy };
}

/**
 * Returns Lading's conversion of `file` to `output` as two contenders (commands to measure): from file to file, and by
 * pipes.
 */
export function ours(file: string, output: string): Contender[] {
  const convert = `${LADING} convert --quiet --name bench:1`;
  return [
    plainly(CONVERT, `${convert} ${file} --output ${output}`, output),
    plainly(`${CONVERT}, pipe to pipe`, `cat ${file} | ${convert} - | cat >${output}`, output),
  ];
}

/**
 * Measures several commands that read `file`, a container export. First come the `floors`, which do only a part of the
 * work, such as hashing; then Lading; then all other programs that make an image archive of such a file. Returns the
 * runs of each command. `gzip` is true for a compressed file: umoci, which cannot read it, is then left out.
 */
export async function againstRivals(bench: Bench, file: string, floors: Contender[], gzip: boolean): Promise<Row[]> {
  const output = join(bench.dir, 'output.tar');
  const podman = new Podman();
  const buildah = new Buildah();
  try {
    const rivals = [
      await dockerOf(bench, file, output),
      podmanOf(podman, file, output),
      buildahOf(buildah, file, output),
    ];
    // umoci takes a gzip file for a plain tar archive, and makes a wrong image.
    if (!gzip) rivals.push(umociOf(bench, file, output));
    return await bench.measure([...floors, ...ours(file, output), ...rivals]);
  } finally {
    await podman.stop();
    await buildah.stop();
  }
}

async function dockerOf(bench: Bench, file: string, output: string): Promise<Contender> {
  const docker = await bench.docker();
  return {
    name: DOCKER,
    line: `docker import ${file} bench:1 && docker save --output ${output} bench:1`,
    env: docker.env,
    rival: true,
    daemon: docker.pid,
    tidy: async () => {
      await docker.docker('rmi', 'bench:1');
      rmSync(output);
    },
  };
}

function podmanOf(podman: Podman, file: string, output: string): Contender {
  const line = `podman ${podman.globals.join(' ')}`;
  const image = 'localhost/bench:1';
  return {
    name: PODMAN,
    line: `${line} import --quiet ${file} ${image} && ${line} save --quiet --output ${output} ${image}`,
    env: ENGINE_ENV,
    rival: true,
    tidy: async () => {
      await podman.podman('rmi', image);
      rmSync(output);
    },
  };
}

function buildahOf(buildah: Buildah, file: string, output: string): Contender {
  const line = `buildah ${buildah.globals.join(' ')}`;
  const commit = `commit --quiet "$c" docker-archive:${output}:bench:1`;
  return {
    name: 'buildah from scratch, add, commit',
    line: `c=$(${line} from scratch) && ${line} add --quiet "$c" ${file} / && ${line} ${commit}`,
    env: ENGINE_ENV,
    rival: true,
    tidy: async () => {
      await buildah.buildah('rm', '--all');
      rmSync(output);
    },
  };
}

function umociOf(bench: Bench, file: string, output: string): Contender {
  const layout = join(bench.dir, 'layout');
  const image = `--image ${layout}:1`;
  const umoci = `umoci init --layout ${layout} && umoci new ${image} && umoci raw add-layer ${image} ${file}`;
  return {
    name: 'umoci raw add-layer + skopeo copy',
    line: `${umoci} && skopeo copy --quiet --insecure-policy oci:${layout}:1 docker-archive:${output}:bench:1`,
    env: ENGINE_ENV,
    rival: true,
    tidy: async () => {
      rmSync(layout, { recursive: true });
      rmSync(output);
    },
  };
}
