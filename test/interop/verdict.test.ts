import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type ClientVerdict, clientVerdicts } from '../../core/clients/verdicts.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { nativeTools } from '../../node/tools.ts';
import { Containerd } from '../support/engines-containerd.ts';
import { Docker } from '../support/engines-docker.ts';
import { Podman } from '../support/engines-podman.ts';
import { Registry } from '../support/engines-registry.ts';
import { isCurrent } from '../support/engines-store.ts';
import { removeScratch, run, scratch, without } from '../support/engines.ts';
import { archive } from '../support/tar-builder.ts';
import type { Engines } from './clients.ts';
import { LADING } from './converters.ts';
import { busyboxTar, imageArchive, markedRoot } from './verdict-archive.ts';
import { OCI_VARIATIONS } from './verdict-cases-oci.ts';
import { VARIATIONS } from './verdict-cases.ts';
import { LOADERS } from './verdict-clients.ts';
import { DOCUMENT_VARIATIONS } from './verdict-documents.ts';
import { loadsIn as loadsInVersion } from './versions.ts';

const PROGRAMS = [
  'dockerd',
  'docker',
  'containerd',
  'ctr',
  'podman',
  'runc',
  'skopeo',
  'umoci',
  'xz',
  'bzip2',
  'zstd',
  ...(isCurrent ? ['crane'] : []),
];

let dir: string;
let engines: Required<Engines>;
let base: Buffer;
const versions = new Map<string, string>();

/** Archives as the tools themselves write them. */
const REAL: Record<string, (file: string) => Promise<unknown>> = {
  'docker save': saved,
  'docker save by ID, without a name': (file) => saved(file, '{{.Id}}'),
  'docker export': async (file) => {
    await imported('exported');
    await engines.docker.docker('create', '--name', 'box', 'real:1', '/bin/sh');
    await engines.docker.docker('export', '--output', file, 'box');
    await engines.docker.docker('rm', 'box');
    await engines.docker.docker('rmi', 'real:1');
  },
  'skopeo copy to an OCI archive': async (file) => {
    await saved(`${file}.docker`);
    await run('skopeo', [
      'copy',
      '--quiet',
      '--insecure-policy',
      `docker-archive:${file}.docker`,
      `oci-archive:${file}:1`,
    ]);
  },
  'lading convert of a docker archive': async (file) => {
    await saved(`${file}.docker`);
    await run(process.execPath, [LADING, 'convert', `${file}.docker`, '--output', file], process.env);
  },
  'lading convert --compress gzip': (file) => packed(file, 'gzip'),
  'lading convert --compress zstd': (file) => packed(file, 'zstd'),
};

// Each archive has layers of its own, as a client does not read a layer that it knows already.
describe('the verdict on an archive holds for every client', { skip: without(...PROGRAMS) }, () => {
  before(async (t) => {
    dir = scratch('verdict');
    engines = {
      docker: await Docker.start(),
      podman: new Podman(),
      containerd: await Containerd.start(),
      registry: isCurrent ? await Registry.start() : null,
    };
    base = await busyboxTar(dir);
    for (const loader of LOADERS) versions.set(loader.client, await loader.version(engines));
    t.diagnostic([...versions].map((each) => each.join(' ')).join(', '));
  });
  after(async () => {
    for (const engine of Object.values(engines)) await engine?.stop();
    await removeScratch(dir);
  });

  for (const [name, variation] of Object.entries({ ...VARIATIONS, ...OCI_VARIATIONS, ...DOCUMENT_VARIATIONS })) {
    test(name, () =>
      holds(
        name,
        async (file) => {
          const plain = imageArchive(base, name, variation);
          writeFileSync(file, variation.around?.(plain) ?? plain);
        },
        variation.empty === true ? NO_PROGRAM : undefined,
      ),
    );
  }

  if (isCurrent) {
    test('ctr reads compressed archives, except with --local', async () => {
      const file = join(dir, 'local.tar.gz');
      writeFileSync(file, gzipSync(imageArchive(base, 'local', {})));
      await engines.containerd.import(file);
      await assert.rejects(engines.containerd.import(file, '--local'), /invalid tar header|unexpected EOF|gzip/);
      await engines.containerd.ctr('images', 'rm', '--sync', 'docker.io/library/lading-verdict:1');
    });
  }

  for (const [name, make] of Object.entries(REAL)) test(name, () => holds(name, make));
});

/** Clients whose results on this machine differ from the verdict, because of how they are installed here. */
const HERE: { in: RegExp; clients: RegExp; loads: boolean; while: boolean }[] = [
  // The engines of today run with overlays here, so the verdict for the driver vfs does not apply.
  { in: /without a name in a layer/, clients: /^(?:docker|podman)$/, loads: true, while: isCurrent },
  // An installed pigz accepts what Go's own gzip reader refuses.
  { in: /gzip layers with .* after/, clients: /containerd$/, loads: true, while: existsSync('/usr/bin/unpigz') },
];

/** The verdict for this version, or the known result on this machine; null when it is not known. */
function loadsIn(name: string, verdict: ClientVerdict, version: string): boolean | null {
  const here = HERE.find((each) => each.while && each.in.test(name) && each.clients.test(verdict.client));
  if (here !== undefined) return here.loads;
  return loadsInVersion(verdict, version);
}

async function imported(mark: string): Promise<void> {
  const root = join(dir, 'root.tar');
  writeFileSync(root, markedRoot(base, 'mark', mark));
  await engines.docker.docker('import', '--change', 'CMD ["/bin/sh"]', root, 'real:1');
}

/** Writes an image archive with a layer of several blocks or frames, which its own command line tool expands, too. */
async function packed(file: string, compress: 'gzip' | 'zstd'): Promise<void> {
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(5_000_000));
  const entries = [
    { name: 'mark', body: 'packed\n' },
    { name: 'noise', body: noise },
  ];
  const root = `${file}.root`;
  writeFileSync(root, Buffer.concat([base, archive(entries)]));
  const words = ['--name', 'packed:1', '--change', 'CMD ["/bin/sh"]', '--compress', compress, '--output', file];
  await run(process.execPath, [LADING, 'convert', root, ...words], process.env);
  const layer = (await run('tar', ['-tf', file])).trim().split('\n').at(-1) ?? '';
  await run('sh', ['-c', 'tar -xOf "$1" "$2" | "$3" -dc | cmp - "$4"', 'sh', file, layer, compress, root]);
}

async function saved(file: string, by = '{{index .RepoTags 0}}'): Promise<void> {
  await imported(file);
  const name = await engines.docker.docker('image', 'inspect', '--format', by, 'real:1');
  await engines.docker.docker('save', '--output', file, name);
  await engines.docker.docker('rmi', 'real:1');
}

/** The error of container runtimes when the container has no program. */
const NO_PROGRAM = /exec: "\/bin\/busybox": stat \/bin\/busybox: no such file or directory/;

async function holds(name: string, make: (file: string) => Promise<unknown>, forgiven = /^never$/): Promise<void> {
  const place = join(dir, 'now');
  const file = join(place, 'archive.tar');
  mkdirSync(place);
  const tools = nativeTools();
  try {
    await make(file);
    const verdicts = clientVerdicts(await inspect(createReadStream(file), tools));
    const said: Record<string, string> = {};
    const done: Record<string, string> = {};
    await Promise.all(
      LOADERS.map(async ({ client, load }) => {
        const verdict = verdicts.find((each) => each.client === client);
        const loads = verdict !== undefined && loadsIn(name, verdict, versions.get(client) ?? '');
        const problem = await load(file, engines, join(place, client)).then(
          () => null,
          ({ message }: Error) => (forgiven.test(message) ? null : message),
        );
        if (loads === null) return;
        said[client] = loads ? 'loads' : 'fails';
        done[client] = problem === null ? 'loads' : loads ? problem : 'fails';
      }),
    );
    assert.deepEqual(done, said);
  } finally {
    tools.close();
    rmSync(place, { recursive: true });
  }
}
