import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHANGES, imageRoot, STEPS } from './corpus-image.ts';
import type { Make } from './corpus-makers.ts';
import type { Sample } from './corpus.ts';
import { Registry } from './engines-registry.ts';
import { STORE } from './engines-store.ts';
import { run } from './engines.ts';

/** The port of the registry; the engines of today have a network of their own, so it is always free. */
const PORT = 5000;
const NAME = `localhost:${PORT}/corpus:1`;

/** Writes an archive of the image with a program that reads it from the registry. */
function fromRegistry(program: string, args: (file: string) => string[]): Make {
  return async ({ saved }, file) => {
    const registry = await Registry.start(PORT);
    try {
      await run('crane', ['push', '--insecure', saved, NAME]);
      await run(program, args(file));
    } finally {
      await registry.stop();
    }
  };
}

/** Builds the image with buildx, which adds an attestation, and saves it. */
const buildx: Make = async (shop, file) => {
  const context = shop.folder('buildx');
  const [root, name] = [join(context, 'root.tar'), 'lading-built:1'];
  await imageRoot(context, root);
  const lines = [
    'FROM scratch',
    'ADD root.tar /',
    ...CHANGES.filter((change) => change.startsWith('ENV')),
    ...STEPS.map((step) => `RUN --network=none ${step}`),
    CHANGES[0],
  ];
  writeFileSync(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
  await shop.docker.docker('buildx', 'build', '--quiet', '--provenance=true', '--tag', name, context);
  await shop.docker.docker('save', '--output', file, name);
  await shop.docker.docker('rmi', name);
};

const BUILT: Sample = {
  name: 'docker save of what buildx built',
  kind: 'image/hybrid',
  names: [['lading-built:1']],
  make: buildx,
};

/** Archives by the tools of today that Debian 12 does not have. */
export const CURRENT: readonly Sample[] = [
  {
    name: 'crane pull',
    kind: 'image/docker',
    names: [[NAME]],
    make: fromRegistry('crane', (file) => ['pull', '--insecure', NAME, file]),
  },
  {
    name: 'oras backup',
    kind: 'image/oci',
    names: [[]],
    make: fromRegistry('oras', (file) => ['backup', '--plain-http', '--output', file, NAME]),
  },
  {
    name: 'regctl image export',
    kind: 'image/hybrid',
    names: [[NAME]],
    make: fromRegistry('regctl', (file) => [
      'image',
      'export',
      '--host',
      `reg=localhost:${PORT},tls=disabled`,
      NAME,
      file,
    ]),
  },
  // Docker's classic store does not keep attestations.
  ...(STORE.docker === 'docker-containerd' ? [BUILT] : []),
];
