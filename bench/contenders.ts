import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Docker } from '../test/support/engines-docker.ts';
import type { Podman } from '../test/support/engines-podman.ts';
import { ENGINE_ENV } from '../test/support/engines.ts';
import type { Input } from './inputs.ts';

/** One way to do the job, or one floor under it: a shell line, and what to tidy away after it, outside the clock. */
export interface Contender {
  name: string;
  ours: boolean;
  /** For `sh -c`; what it starts is counted. */
  line: string;
  env: NodeJS.ProcessEnv;
  /** A daemon that works for it, and is counted too. */
  daemon: number | null;
  tidy(): Promise<void>;
}

interface Surroundings {
  docker: Docker;
  podman: Podman;
  dir: string;
}

const LADING = fileURLToPath(new URL('../cli/lading.js', import.meta.url));

/** Everything that runs on an input. The first is the yardstick of the ratios. */
export function contenders(input: Input, { docker, podman, dir }: Surroundings): Contender[] {
  const output = join(dir, 'output.tar');
  const lading = `${process.execPath} ${LADING} convert --quiet --name bench:1`;
  const tidy = async (): Promise<void> => rmSync(output, { force: true });
  const plainly = { ours: false, env: ENGINE_ENV, daemon: null, tidy };
  const pod = `podman ${podman.globals.join(' ')}`;
  return [
    ...floors(input, output).map((floor) => ({ ...plainly, ...floor })),
    { ...plainly, ours: true, name: 'lading convert', line: `${lading} ${input.file} --output ${output}` },
    {
      ...plainly,
      ours: true,
      name: 'lading convert, pipe to pipe',
      line: `cat ${input.file} | ${lading} - | cat >${output}`,
    },
    {
      ...plainly,
      name: 'docker import + docker save',
      line: `docker import ${input.file} bench:1 && docker save --output ${output} bench:1`,
      env: docker.env,
      daemon: docker.pid,
      tidy: async () => {
        await docker.docker('rmi', 'bench:1');
        await tidy();
      },
    },
    {
      ...plainly,
      name: 'podman import + podman save',
      line: `${pod} import --quiet ${input.file} localhost/bench:1 && ${pod} save --quiet --output ${output} localhost/bench:1`,
      tidy: async () => {
        await podman.podman('rmi', 'localhost/bench:1');
        await tidy();
      },
    },
  ];
}

function floors({ file, compression }: Input, output: string): { name: string; line: string }[] {
  const copy = { name: 'cp', line: `cp ${file} ${output}` };
  if (compression === 'gzip')
    return [
      { name: 'pigz -dc, openssl dgst -sha256', line: `pigz -dc ${file} | openssl dgst -sha256` },
      { name: 'gzip -dc, sha256sum', line: `gzip -dc ${file} | sha256sum` },
      copy,
    ];
  return [
    { name: 'openssl dgst -sha256', line: `openssl dgst -sha256 ${file}` },
    { name: 'sha256sum', line: `sha256sum ${file}` },
    copy,
  ];
}
