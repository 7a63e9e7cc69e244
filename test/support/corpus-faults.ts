import { renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import type { FindingCode } from '../../core/catalogue/findings.ts';
import { BY_HAND, type Parts, partsOf } from './corpus-by-hand.ts';
import { NAMES } from './corpus-image.ts';
import { inFolder, type Make, nested, saveByID, skopeoDir, twoPlatforms } from './corpus-makers.ts';
import { subfolder, type Workshop } from './corpus-workshop.ts';
import { tarFolder } from './engines-build.ts';
import { run } from './engines.ts';
import { sha256 } from './tools.ts';

/** A client that refuses the faulty archive. */
export type Refuser =
  | 'docker load'
  | 'podman load'
  | 'ctr import'
  | 'ctr import, all platforms'
  | 'skopeo docker-archive';

/** A fault that users meet and that a conversion mends. */
export interface Fault {
  name: string;
  /** The client that refuses it, with its message; null when it loads and fails only later. */
  refused: { by: Refuser; printing: RegExp } | null;
  code: FindingCode;
  /** The options that `convert` needs besides the name. */
  options?: (file: string) => readonly string[];
  make: Make;
}

const NO_FORMAT = /payload does not match any of the supported image formats/;

/** The faults that can be mended, in the order of the archives that they are made from. */
export const FAULTS: readonly Fault[] = [
  {
    name: 'a container export',
    refused: { by: 'docker load', printing: /open .*\/bin\/json: no such file or directory/ },
    code: 'container-archive',
    options: (file) => ['--inspect', `${file}.json`],
    make: exported,
  },
  {
    name: 'an OCI layout, for the classic store',
    refused: { by: 'docker load', printing: /open .*\/blobs\/json: no such file or directory/ },
    code: 'oci-only',
    make: ({ layout }, file) => tarFolder(layout, file, false),
  },
  {
    name: 'the folder packed instead of what is in it',
    refused: { by: 'docker load', printing: /open .*\/image\/json: no such file or directory/ },
    code: 'wrapped',
    make: inFolder,
  },
  {
    name: 'an image archive as the only file in another archive',
    refused: { by: 'docker load', printing: /json: no such file or directory|repositories: no such file/ },
    code: 'archive-inside',
    make: ({ saved }, file) => run('tar', ['-cf', file, '-C', dirname(saved), basename(saved)]),
  },
  {
    name: 'a container export as the only file in a gzip archive',
    refused: { by: 'podman load', printing: NO_FORMAT },
    code: 'archive-inside',
    options: (file) => ['--inspect', `${file}.json`],
    make: async (shop, file) => {
      await exported(shop, file);
      renameSync(file, join(subfolder(dirname(file), 'backup'), 'web.tar'));
      await run('tar', ['-czf', file, '-C', dirname(file), 'backup']);
    },
  },
  {
    name: 'an image archive that was imported and exported',
    refused: { by: 'ctr import', printing: /no target for symlink layer from "etc\/mtab"/ },
    code: 'image-nested',
    make: nested,
  },
  {
    name: 'an archive from before Docker 1.10',
    refused: { by: 'podman load', printing: NO_FORMAT },
    code: 'legacy-format',
    make: written((parts) => BY_HAND.legacy(parts)),
  },
  {
    name: 'an archive from before Docker 1.10 with an empty layer',
    refused: { by: 'podman load', printing: NO_FORMAT },
    code: 'layer-without-bytes',
    make: written(({ layers, ...parts }) => BY_HAND.legacy({ ...parts, layers: [...layers, Buffer.alloc(0)] })),
  },
  {
    name: 'zstd around it, for Docker before 23',
    refused: { by: 'docker load', printing: /invalid tar header/ },
    code: 'compressed-outside',
    make: ({ saved }, file) => run('zstd', ['-q', saved, '-o', file]),
  },
  {
    name: 'gzip around it, for skopeo of Debian 12',
    refused: { by: 'skopeo docker-archive', printing: /invalid tar header|unexpected EOF/ },
    code: 'compressed-outside',
    make: ({ saved }, file) => run('sh', ['-c', 'gzip -c "$0" >"$1"', saved, file]),
  },
  {
    name: 'xz around it, for containerd 1.x',
    refused: { by: 'ctr import', printing: /invalid tar header|unrecognized image format/ },
    code: 'compressed-outside',
    make: ({ saved }, file) => run('sh', ['-c', 'xz -1 -c "$0" >"$1"', saved, file]),
  },
  {
    name: 'a zip around it',
    refused: { by: 'docker load', printing: /invalid tar header/ },
    code: 'compressed-unread',
    make: ({ saved }, file) => run('python3', ['-m', 'zipfile', '-c', file, saved]),
  },
  {
    name: 'diffIDs that do not fit intact layers',
    refused: { by: 'docker load', printing: /invalid diffID for layer 1: expected .*, got / },
    code: 'diffid-wrong',
    make: withConfig((config) => ({ ...config, rootfs: { type: 'layers', diff_ids: wrong(config) } })),
  },
  {
    name: 'platforms in the index that are not in the archive',
    refused: { by: 'ctr import, all platforms', printing: /content digest sha256:[0-9a-f]{64}: not found/ },
    code: 'platform-absent',
    options: () => ['--platform', 'linux/amd64'],
    make: onePlatformOfTwo,
  },
  {
    name: 'a name that no client takes',
    refused: { by: 'docker load', printing: /invalid reference format/ },
    code: 'name-refused',
    make: written((parts) => BY_HAND.crane({ ...parts, name: 'Web:1' })),
  },
  {
    name: 'no name at all',
    refused: null,
    code: 'names-missing',
    make: saveByID,
  },
  {
    name: 'more steps in the history than layers',
    refused: { by: 'docker load', printing: /too many non-empty layers in History section/ },
    code: 'history-too-long',
    make: withConfig((config) => ({
      ...config,
      history: [1, 2, 3, 4].map((step) => ({ created_by: `step ${step}` })),
    })),
  },
  {
    name: 'a config without architecture',
    refused: { by: 'ctr import', printing: /image might be filtered out/ },
    code: 'config-without-platform',
    make: withConfig((config) => ({ ...config, architecture: undefined }), 'crane'),
  },
  {
    name: 'a config that names another architecture than the programs are for',
    refused: { by: 'ctr import', printing: /image might be filtered out/ },
    code: 'platform-wrong',
    make: withConfig((config) => ({ ...config, architecture: 'arm64' }), 'crane'),
  },
  {
    name: 'an empty time of creation',
    refused: { by: 'docker load', printing: /parsing time/ },
    code: 'created-unreadable',
    make: withConfig((config) => ({ ...config, created: '' })),
  },
  {
    name: 'a history without a time zone',
    refused: { by: 'ctr import', printing: /parsing time/ },
    code: 'created-unreadable',
    make: withConfig((config) => ({ ...config, history: [{ created: '2024-02-20T10:00:00', created_by: 'one' }] })),
  },
  {
    name: 'a config with a byte order mark',
    refused: { by: 'podman load', printing: /invalid character 'ï'/ },
    code: 'byte-order-mark',
    make: written(({ config, ...parts }) => {
      return BY_HAND.docker25({ ...parts, config: Buffer.concat([Buffer.from('\ufeff'), config]) });
    }),
  },
  {
    name: 'zstd layers, for Docker before 23',
    refused: { by: 'docker load', printing: /invalid tar header/ },
    code: 'layer-compression',
    make: written((parts) =>
      BY_HAND.docker25({ ...parts, layers: parts.layers.map((layer) => zstdCompressSync(layer)) }),
    ),
  },
  {
    name: 'a packed dir: folder',
    refused: { by: 'docker load', printing: /json: cannot unmarshal object/ },
    code: 'directory-only',
    make: skopeoDir(false),
  },
];

/** Exports a container, and writes the JSON of `docker inspect` beside it. */
async function exported({ docker }: Workshop, file: string): Promise<void> {
  const box = await docker.docker('create', '--network', 'none', NAMES.web);
  await docker.docker('export', '--output', file, box);
  writeFileSync(`${file}.json`, await docker.docker('inspect', box));
  await docker.docker('rm', box);
}

function written(build: (parts: Parts) => Buffer): Make {
  return async (shop, file) => writeFileSync(file, build(await partsOf(shop.saved, shop.folder('parts'))));
}

type Config = Record<string, unknown>;

/** Writes the image with a changed config. */
function withConfig(change: (config: Config) => Config, format: 'docker25' | 'crane' = 'docker25'): Make {
  return written((parts) => {
    const config = change(JSON.parse(parts.config.toString()) as Config);
    return BY_HAND[format]({ ...parts, config: Buffer.from(JSON.stringify(config)) });
  });
}

function wrong({ rootfs }: Config): string[] {
  const { diff_ids: diffIDs } = rootfs as { diff_ids: string[] };
  return diffIDs.map((diffID, i) => (i === 1 ? sha256(Buffer.from(diffID)) : diffID));
}

/** Writes an index of two platforms of which containerd exported only one. */
async function onePlatformOfTwo(shop: Workshop, file: string): Promise<void> {
  const { containerd } = shop;
  const both = join(shop.folder('platforms'), 'both.tar');
  await twoPlatforms(shop, both);
  await containerd.ctr('images', 'import', '--no-unpack', '--all-platforms', both);
  await containerd.ctr('images', 'export', '--platform', 'linux/amd64', file, NAMES.web);
}
