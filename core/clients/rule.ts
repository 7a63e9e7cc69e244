import type { Bilingual } from '../catalogue/bilingual.ts';
import type {
  ArchiveShape,
  Compression,
  DocumentFault,
  Inspection,
  ListShape,
  ShapeFault,
} from '../model/inspection.ts';

/** One way in which a client reads image archives. Some clients have two ways, and prefer the first. */
export type Reader =
  | 'docker'
  | 'docker-legacy' // Docker's classic store, with an archive in the format before Docker 1.10
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

/** The facts that a rule decides on: the whole archive, and the list of images that the reader uses. */
export interface Seen {
  compression: Compression;
  inside: Inspection['inside'];
  shape: ArchiveShape;
  list: ListShape;
}

/** A property of an archive that stops some readers. It stops every version of them, unless it gives versions. */
export interface Rule {
  readers: readonly Reader[];
  when(seen: Seen): boolean;
  why: Bilingual;
  /** The first version of the reader that the rule stops. Absent when it stops all versions up to `until`. */
  from?: string;
  /** The first version of the reader that the rule no longer stops. Absent when it stops all versions since `from`. */
  until?: string;
  /** `note`: the rule stops no version, and `why` is a remark. `unknown`: it is not known whether it stops any. */
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
/** The readers that unpack layers. skopeo and crane copy layers as they are. */
export const UNPACKING: Reader[] = ALL.filter((reader) => !/skopeo|crane/.test(reader));
export const STORE: Reader[] = ['store-oci', 'store-docker'];
export const CTR: Reader[] = ['ctr-oci', 'ctr-docker'];
export const PODMAN: Reader[] = ['podman-oci', 'podman-docker'];

/** Makes a rule with a condition of its own, in most cases about the archive around its images. */
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
/** Makes a rule about one fault of the documents that list the images. */
export const listing = (
  readers: readonly Reader[],
  code: DocumentFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ shape }) => shape.faults.includes(code), en, zh, more);
/** Makes a rule about one fault of an image. The image is in the list that the reader uses. */
export const fault = (
  readers: readonly Reader[],
  code: ShapeFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ list }) => list.faults.includes(code), en, zh, more);
