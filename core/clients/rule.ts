import type { Bilingual } from '../catalogue/bilingual.ts';
import type {
  ArchiveShape,
  Compression,
  DocumentFault,
  Inspection,
  ListShape,
  ShapeFault,
} from '../model/inspection.ts';

/**
 * One of the ways in which a client reads image archives. Clients with two ways (the Docker format and the OCI layout)
 * have two readers.
 */
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

/**
 * The facts about an archive from which a rule decides: its compression and layout, and the list of images that the
 * client uses.
 */
export interface Seen {
  compression: Compression;
  inside: Inspection['inside'];
  shape: ArchiveShape;
  list: ListShape;
}

/**
 * A property of an archive that stops some clients from loading it: in all versions, or only in those from `from` on
 * and before `until`.
 */
export interface Rule {
  readers: readonly Reader[];
  when(seen: Seen): boolean;
  why: Bilingual;
  /** The first version of the client that this rule stops; absent when it stops the earliest versions too. */
  from?: string;
  /** The first version of the client that this rule no longer stops; absent when it stops the newest version too. */
  until?: string;
  /**
   * The effect of a rule that does not stop clients for certain. `note`: the client loads the archive, and `why` is a
   * remark. `unknown`: nobody knows if the client loads it. Absent for rules that do stop clients.
   */
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
/**
 * The clients that unpack layers, by their ways to read an archive. skopeo and crane are missing, because they copy
 * layers as they are.
 */
export const UNPACKING: Reader[] = ALL.filter((reader) => !/skopeo|crane/.test(reader));
export const STORE: Reader[] = ['store-oci', 'store-docker'];
export const CTR: Reader[] = ['ctr-oci', 'ctr-docker'];
export const PODMAN: Reader[] = ['podman-oci', 'podman-docker'];

/** Makes a rule from any condition, in most cases one about the archive around the images. */
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
/** Makes a rule about a fault in the documents that list the images, such as `manifest.json`. */
export const listing = (
  readers: readonly Reader[],
  code: DocumentFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ shape }) => shape.faults.includes(code), en, zh, more);
/** Makes a rule about a fault in one of the images that the client finds in the archive. */
export const fault = (
  readers: readonly Reader[],
  code: ShapeFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ list }) => list.faults.includes(code), en, zh, more);
