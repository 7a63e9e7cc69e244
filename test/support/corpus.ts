import { join } from 'node:path';
import type { ArchiveKind } from '../../core/model/inspection.ts';
import { NAMES } from './corpus-image.ts';
import * as make from './corpus-makers.ts';
import { QUALIFIED } from './corpus-workshop.ts';
import { tarFolder } from './engines-build.ts';
import { isCurrent } from './engines-store.ts';
import { run } from './engines.ts';

/** An image archive as users have them, and the expected inspection of it. */
export interface Sample {
  name: string;
  kind: ArchiveKind;
  /** The names of its images, sorted, as Docker saves several in any order. */
  names: string[][];
  /** The options that `convert` needs besides the name. */
  options?: string[];
  /** The codes of the error findings; a conversion must mend each. */
  errors?: string[];
  make: make.Make;
}

/** The kind of archive that `docker save` writes: since version 25 it is an OCI layout as well. */
const SAVED: ArchiveKind = isCurrent ? 'image/hybrid' : 'image/docker';
const WEB = [[NAMES.web]];
const DOCKERS = [[QUALIFIED.docker]];
const PODMANS = [[QUALIFIED.podman]];

const DOCKER: Sample[] = [
  { name: 'docker save', kind: SAVED, names: WEB, make: make.save(NAMES.web) },
  {
    name: 'docker save of two tags',
    kind: SAVED,
    names: [[NAMES.web, NAMES.other]],
    make: make.save(NAMES.web, NAMES.other),
  },
  {
    name: 'docker save of two images',
    kind: SAVED,
    names: [[NAMES.base], [NAMES.web]],
    options: ['--image', NAMES.web],
    make: make.save(NAMES.base, NAMES.web),
  },
  {
    name: 'docker save by ID',
    kind: SAVED,
    names: [[]],
    make: make.saveByID,
  },
];

const PODMAN: Sample[] = [
  { name: 'podman save', kind: 'image/docker', names: PODMANS, make: make.podmanSave('docker-archive') },
  { name: 'podman save --format oci-archive', kind: 'image/oci', names: PODMANS, make: make.podmanSave('oci-archive') },
  { name: 'podman save --format docker-dir', kind: 'image/directory', names: [[]], make: make.podmanDir('docker-dir') },
  { name: 'podman save --format oci-dir', kind: 'image/oci', names: PODMANS, make: make.podmanDir('oci-dir') },
  {
    name: 'podman save --multi-image-archive',
    kind: 'image/docker',
    names: [[QUALIFIED.podmanBase], [QUALIFIED.podman]],
    options: ['--image', QUALIFIED.podman],
    make: make.podmanSaveTwo,
  },
];

const SKOPEO: Sample[] = [
  { name: 'skopeo copy docker-archive:', kind: 'image/docker', names: DOCKERS, make: make.skopeo('docker-archive') },
  { name: 'skopeo copy oci-archive:', kind: 'image/oci', names: DOCKERS, make: make.skopeo('oci-archive') },
  {
    name: 'skopeo copy oci:, tar of *',
    kind: 'image/oci',
    names: DOCKERS,
    make: (shop, file) => tarFolder(shop.layout, file, false),
  },
  {
    name: 'skopeo copy oci:, tar of .',
    kind: 'image/oci',
    names: DOCKERS,
    make: (shop, file) => tarFolder(shop.layout, file, true),
  },
  { name: 'skopeo copy dir:, tar of *', kind: 'image/directory', names: [[]], make: make.skopeoDir(false) },
  {
    name: 'skopeo copy dir:, tar of .',
    kind: 'image/directory',
    names: [[]],
    make: make.skopeoDir(true, '--format', 'oci'),
  },
  {
    name: 'skopeo copy oci: with zstd layers',
    kind: 'image/oci',
    names: DOCKERS,
    make: make.zstdLayers,
  },
];

const OTHERS: Sample[] = [
  {
    name: 'umoci repack',
    kind: 'image/oci',
    names: [[]],
    make: async (shop, file) => tarFolder(await shop.layered(), file, true),
  },
  {
    name: 'buildah push docker-archive:',
    kind: 'image/docker',
    names: [[QUALIFIED.docker, 'localhost/step:2']],
    make: make.buildahPush('docker-archive'),
  },
  { name: 'buildah push oci-archive:', kind: 'image/oci', names: DOCKERS, make: make.buildahPush('oci-archive') },
  {
    name: 'buildah manifest push, two platforms',
    kind: 'image/oci',
    names: [[NAMES.web], [NAMES.web]],
    options: ['--platform', 'linux/amd64'],
    make: make.twoPlatforms,
  },
  { name: 'ctr images export', kind: 'image/hybrid', names: WEB, make: make.ctrExport() },
  {
    name: 'ctr images export --skip-manifest-json', // containerd 1.6 writes manifest.json nevertheless, without names
    kind: isCurrent ? 'image/oci' : 'image/hybrid',
    names: DOCKERS,
    make: make.ctrExport('--skip-manifest-json'),
  },
  { name: 'as Docker 25 and later save', kind: 'image/hybrid', names: WEB, make: make.byHand('docker25') },
  { name: 'as crane and kaniko save', kind: 'image/docker', names: WEB, make: make.byHand('crane') },
  { name: 'as jib saves', kind: 'image/docker', names: WEB, make: make.byHand('jib') },
  { name: 'as rules_oci saves', kind: 'image/docker', names: WEB, make: make.byHand('rulesOci') },
  { name: 'as Docker before 1.10 saved', kind: 'image/docker-v1', names: WEB, make: make.byHand('legacy') },
];

const MISTAKES: Sample[] = [
  { name: 'docker save, packed again with its folder', kind: SAVED, names: WEB, make: make.inFolder },
  {
    name: 'skopeo copy oci:, packed with its folder',
    kind: 'image/oci',
    names: DOCKERS,
    make: (shop, file) => run('tar', ['-C', shop.dir, '-cf', file, 'layout']),
  },
  {
    name: 'docker save, imported and exported',
    kind: 'image/nested-in-export',
    names: WEB,
    errors: ['image-nested'],
    make: make.nested,
  },
];

/** The samples that are not compressed. */
export const SAMPLES: readonly Sample[] = [...DOCKER, ...PODMAN, ...SKOPEO, ...OTHERS, ...MISTAKES];

/** The programs that compress an archive, as `NAME -c FILE`. */
export const COMPRESSORS = ['gzip', 'bzip2', 'xz', 'zstd'] as const;

/** Compressed variants of some samples. */
export const COMPRESSED: readonly Sample[] = SAMPLES.filter(({ name }) =>
  ['docker save', 'podman save', 'skopeo copy oci-archive:', 'docker save, imported and exported'].includes(name),
).flatMap((sample) =>
  COMPRESSORS.map((program): Sample => ({
    ...sample,
    name: `${sample.name}, ${program} around it`,
    make: async (shop, file) => {
      const plain = join(shop.folder('plain'), 'plain.tar');
      await sample.make(shop, plain);
      await run('sh', ['-c', '"$0" -c "$1" >"$2"', program, plain, file]);
    },
  })),
);
