import type { Bilingual } from '../catalogue/bilingual.ts';
import type {
  ArchiveShape,
  Compression,
  DocumentFault,
  Inspection,
  ListShape,
  ShapeFault,
} from '../model/inspection.ts';

/** One way in which a client reads image archives: some have two, and begin with the first. */
export type Reader =
  | 'docker'
  | 'docker-legacy' // Docker's classic store, an archive from before 1.10
  | 'store-oci' // Docker's containerd store
  | 'store-docker'
  | 'podman-oci'
  | 'podman-docker'
  | 'ctr-oci'
  | 'ctr-docker'
  | 'skopeo-docker'
  | 'skopeo-oci'
  | 'umoci'
  | 'crane';

/** What a reader has before it: the whole archive, and the list of images that it reads. */
export interface Seen {
  compression: Compression;
  inside: Inspection['inside'];
  shape: ArchiveShape;
  list: ListShape;
}

/** Something about an archive that stops some readers: every version of them, unless versions are given. */
export interface Rule {
  readers: readonly Reader[];
  when(seen: Seen): boolean;
  why: Bilingual;
  /** The first version that it stops. */
  from?: string;
  /** The first version that it no longer stops. */
  until?: string;
  /** `note`: it stops none, and there is something to heed. `unknown`: nobody knows whether it stops them, and `why` says so. */
  effect?: 'note' | 'unknown';
}

export const OCI: Reader[] = ['store-oci', 'podman-oci', 'ctr-oci', 'skopeo-oci', 'umoci'];
export const DOCKER: Reader[] = [
  'docker',
  'docker-legacy',
  'store-docker',
  'podman-docker',
  'ctr-docker',
  'skopeo-docker',
];
export const ALL: Reader[] = [...OCI, ...DOCKER, 'crane'];
/** Those that unpack the layers; the others pass them on as they are. */
export const UNPACKING: Reader[] = ALL.filter((reader) => !/skopeo|crane/.test(reader));
export const STORE: Reader[] = ['store-oci', 'store-docker'];
export const CTR: Reader[] = ['ctr-oci', 'ctr-docker'];
export const PODMAN: Reader[] = ['podman-oci', 'podman-docker'];

/** A rule about what lies around the images. */
export const about = (
  readers: readonly Reader[],
  when: Rule['when'],
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => ({
  readers,
  when,
  why: { en, zh },
  ...more,
});
/** A rule about a fault of the documents that list the images. */
export const listing = (
  readers: readonly Reader[],
  code: DocumentFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ shape }) => shape.faults.includes(code), en, zh, more);
/** A rule about a fault of an image in the list that the reader goes by. */
export const fault = (
  readers: readonly Reader[],
  code: ShapeFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ list }) => list.faults.includes(code), en, zh, more);
