import type { Compression } from '../model/compression.ts';
import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ArchiveShape, DocumentFault, Inspection, ListShape, ShapeFault } from '../model/inspection.ts';

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
 * The facts about an image archive from which a rule predicts whether a client loads it: its compression and layout,
 * and the list of images that the client uses.
 */
export interface Seen {
  compression: Compression;
  inside: Inspection['inside'];
  shape: ArchiveShape;
  list: ListShape;
}

/**
 * A property that stops some clients from loading an image archive: either all their versions, or those from `from` on
 * and before `until`.
 */
export interface Rule {
  readers: readonly Reader[];
  when(seen: Seen): boolean;
  why: Bilingual;
  /**
   * For a property of an archive that stops only some versions of a client: the first of these versions; absent when
   * the earliest versions are among them.
   */
  from?: string;
  /**
   * For a property of an archive that stops only some versions of a client: the first later version that loads the
   * archive; absent when there is none.
   */
  until?: string;
  /**
   * Set for a property of an archive that may not stop a client from loading it. `note`: the client loads the archive,
   * and `why` is a remark. `unknown`: it is not known. Absent when the client cannot load the archive.
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
 * The readers (a client and a format that it reads, such as `podman-oci`) that unpack layers. Those of skopeo and crane
 * are missing, because they copy layers as they are.
 */
export const UNPACKING: Reader[] = ALL.filter((reader) => !/skopeo|crane/.test(reader));
export const STORE: Reader[] = ['store-oci', 'store-docker'];
export const CTR: Reader[] = ['ctr-oci', 'ctr-docker'];
export const PODMAN: Reader[] = ['podman-oci', 'podman-docker'];

/** Makes a rule: the `readers`, each a client and a format, cannot load an archive for which `when` is true. */
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
/**
 * Makes a rule that predicts which clients cannot load an archive with a certain fault in a document that lists the
 * images, such as `manifest.json`.
 */
export const listing = (
  readers: readonly Reader[],
  code: DocumentFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ shape }) => shape.faults.includes(code), en, zh, more);
/** Makes a rule that predicts which clients cannot load an archive with a certain fault in one of its images. */
export const fault = (
  readers: readonly Reader[],
  code: ShapeFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ list }) => list.faults.includes(code), en, zh, more);
