import type { Compression } from '../model/compression.ts';
import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ArchiveShape, DocumentFault, Inspection, ListShape, ShapeFault } from '../model/inspection.ts';

/**
 * A client and one format in which it reads image archives, such as `podman-oci`. A client that reads several formats
 * has several readers.
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
 * The facts about an image archive from which a rule predicts whether a client loads it. They are its compression, the
 * archive around it, if there is one (`inside`), and its documents (`shape`). `list` has the facts about the images in
 * the one document that the client reads, such as `manifest.json`.
 */
export interface Seen {
  compression: Compression;
  inside: Inspection['inside'];
  shape: ArchiveShape;
  list: ListShape;
}

/**
 * A rule that predicts which clients cannot load an image archive: those in `readers`, if `when` returns true for the
 * archive. With `from` and `until`, only some versions of these clients cannot load it.
 */
export interface Rule {
  readers: readonly Reader[];
  when(seen: Seen): boolean;
  why: Bilingual;
  /**
   * The first version of a client that cannot load an archive to which the rule applies. Absent when the earliest
   * versions cannot load it either.
   */
  from?: string;
  /**
   * The first later version of a client that again loads an archive to which the rule applies; absent when no later
   * version does.
   */
  until?: string;
  /**
   * What follows when the rule applies to an archive. Absent: the client cannot load it. `note`: the client loads it,
   * and the text in `why` is a remark. `unknown`: it is not known whether the client loads it.
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
 * The readers (each a client and a format that it reads, such as `podman-oci`) that unpack layers. The readers of
 * skopeo and crane are not in this list, because these clients copy layers without unpacking them.
 */
export const UNPACKING: Reader[] = ALL.filter((reader) => !/skopeo|crane/.test(reader));
export const STORE: Reader[] = ['store-oci', 'store-docker'];
export const CTR: Reader[] = ['ctr-oci', 'ctr-docker'];
export const PODMAN: Reader[] = ['podman-oci', 'podman-docker'];

/**
 * Makes a rule: the `readers`, each a client and a format, cannot load an archive for which `when` is true. `en` and
 * `zh` say why, in English and Chinese. `more` may restrict the rule to some versions, or change its effect.
 */
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
 * Makes a rule: the `readers`, each a client and a format, cannot load an archive with the fault `code`. Such a fault
 * is usually in a document that lists the images of the archive, such as `manifest.json`. `en` and `zh` say why, in
 * English and Chinese. `more` may restrict the rule to some versions, or change its effect.
 */
export const listing = (
  readers: readonly Reader[],
  code: DocumentFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ shape }) => shape.faults.includes(code), en, zh, more);
/**
 * Makes a rule: the `readers`, each a client and a format, cannot load an archive with the fault `code` in one of its
 * images. `en` and `zh` say why, in English and Chinese. `more` may restrict the rule to some versions, or change its
 * effect.
 */
export const fault = (
  readers: readonly Reader[],
  code: ShapeFault,
  en: string,
  zh: string,
  more: Partial<Rule> = {},
): Rule => about(readers, ({ list }) => list.faults.includes(code), en, zh, more);
