import { enumerated } from '../catalogue/brief.ts';
import { distinct, type Finding, finding } from '../catalogue/findings.ts';
import { printable } from '../model/bytes.ts';
import type { ArchiveShape, FoundImage, ImageSource } from '../model/inspection.ts';
import { parseReference } from '../model/reference.ts';
import { shapeOf } from './archive-shape.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { ImageArchive, type Memo } from './image-archive.ts';
import { completeName } from './image-groups.ts';
import type { ImageIndex } from './image-index.ts';
import { checkBlobNames, verifyImage } from './images.ts';
import { indexFaults } from './index-faults.ts';
import { layoutFaults } from './layout-faults.ts';
import type { ListedImage } from './listed.ts';
import { placeImages } from './platforms.ts';

/**
 * All images of an archive after they were verified, and the findings about them. `images` and `sources` have the same
 * order; a source is null when a conversion cannot rebuild its image.
 */
export interface ImageSet {
  images: FoundImage[];
  sources: (ImageSource | null)[];
  shape: ArchiveShape;
  findings: Finding[];
}

/**
 * Verifies every image of an archive. Returns the images, what is needed to rebuild each, and the findings about them.
 * An image that both `index.json` and `manifest.json` list is verified once. Throws a LadingError (`bad-archive`) when
 * a limit is exceeded, for example by the number of findings.
 */
export function readImages(
  index: ImageIndex,
  documents: DocumentObserver,
  blobs: ReadonlyMap<string, ArchiveBlob>,
): ImageSet {
  const archive = new ImageArchive(documents, blobs);
  const listed = merge(index, documents, blobs);
  shareConfigs(listed, documents);
  const { images: verified, findings: placeFindings } = placeImages(
    index,
    listed,
    listed.map((each) => verifyImage(each, archive)),
  );
  const images = verified.flatMap((each) => each.findings);
  const layout = layoutFaults(index, listed, archive);
  return {
    images: verified.map((each) => each.found),
    sources: verified.map((each) => each.source),
    shape: {
      ...shapeOf(index, listed, verified, documents, blobs),
      faults: [
        ...new Set(layout.flatMap(({ fault }) => fault ?? [])),
        ...(index.oci === null ? [] : indexFaults(documents, index.folder)),
      ],
    },
    // Images share layers, and a fault of a shared layer is reported once.
    findings: distinct(
      [
        formatFindings(index),
        documents.unreadable(index.folder).map((member) => finding('document-unreadable', { member })),
        layout.flatMap((each) => each.finding ?? []),
        images,
        checkBlobNames(blobs, images, archive.said),
        nameFindings(listed, index, archive.said),
        placeFindings,
      ].flat(),
    ),
  };
}

/**
 * Adds the bytes and values of each image config to the totals that `LIMITS` limits, once for every image that uses the
 * config. Throws a LadingError (`bad-archive`) when a total exceeds its limit.
 */
function shareConfigs(listed: readonly ListedImage[], documents: DocumentObserver): void {
  const used = new Set<string>();
  for (const path of listed.flatMap(({ config }) => config ?? [])) {
    documents.object(path, CONFIG); // counts it for the first image
    if (used.size === used.add(path).size) documents.share(path);
  }
}

/**
 * Joins the two lists of images in an archive: first come the images of `manifest.json`, then those that only
 * `index.json` lists. An image with the same config and layers in both occurs once. If both lists are missing or empty,
 * returns the images of the older document `repositories`, or of a folder that podman or skopeo wrote with `dir:`. An
 * empty list when there is none.
 */
function merge(index: ImageIndex, documents: DocumentObserver, blobs: ReadonlyMap<string, ArchiveBlob>): ListedImage[] {
  /** The images that only `index.json` lists: as they were read (keys), and with their final names (values). */
  const oci = new Map((index.oci ?? []).map((image) => [image, image]));
  const contents = ({ layers }: ListedImage) =>
    layers.map(({ path }) => blobs.get(documents.resolved(path))?.content?.digest ?? documents.resolved(path)).join();
  const twins = Map.groupBy(oci.keys(), (image) => `${image.configDigest} ${contents(image)}`);
  const differ = namesDiffer(index);
  const docker = (index.docker ?? []).map((image) => {
    const digest = image.config === null ? null : (blobs.get(documents.resolved(image.config))?.stored.digest ?? null);
    const same = digest === null ? undefined : twins.get(`${digest} ${contents(image)}`)?.shift();
    const twin = same && oci.get(same);
    if (same === undefined || twin === undefined) return image;
    oci.delete(same);
    const renamed = differ && image.names.length > 0;
    if (renamed) rename(oci, twin, image.names);
    return {
      ...twin,
      ...image,
      names: renamed ? image.names : together(image.names, twin.names),
      tags: twin.tags,
      configDigest: twin.configDigest,
      manifestDigest: twin.manifestDigest,
      listedIn: [...image.listedIn, ...twin.listedIn],
    };
  });
  const current = [...docker, ...oci.values()];
  return current.length > 0 ? current : (index.legacy ?? index.directory ?? []);
}

/**
 * Gives the names `names` to the images for other platforms that belong to the image `twin`: those that the same OCI
 * index lists under the same names. `oci` maps each image as it was read to the image with its final names; only these
 * values change.
 */
function rename(oci: Map<ListedImage, ListedImage>, twin: ListedImage, names: string[]): void {
  const index = twin.place?.index ?? null;
  if (index === null) return;
  for (const [entry, each] of oci) {
    if (each.place?.index === index && isSame(each.names, twin.names)) oci.set(entry, { ...each, names });
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one === other || (one.length === other.length && one.every((name, i) => name === other[i]));
}

/**
 * Joins the names of an image in `manifest.json` (`docker`) and in `index.json` (`oci`). Of names that mean the same,
 * the one from `manifest.json` is kept.
 */
function together(docker: string[], oci: string[]): string[] {
  const known = new Set(canonical(docker));
  return [...docker, ...oci.filter((name) => !known.has(completeName(name)))];
}

/**
 * True when the names in `index.json`, completed with registry and tag, are not the same as those in `manifest.json`.
 * False when `manifest.json` gives no names.
 */
function namesDiffer({ docker, oci }: ImageIndex): boolean {
  const [ours, theirs] = [docker, oci].map((list) => canonical((list ?? []).flatMap((image) => image.names)).join());
  return ours !== '' && ours !== theirs;
}

function formatFindings({ docker, oci, legacy, directory }: ImageIndex): Finding[] {
  const hasDocker = docker !== null && docker.length > 0;
  const hasOci = oci !== null && oci.length > 0;
  if (hasDocker) return hasOci ? [] : [finding('docker-only')];
  if (hasOci) return [finding('oci-only')];
  if (legacy !== null) return [finding('legacy-format')];
  return directory === null ? [] : [finding('directory-only')];
}

function nameFindings(listed: ListedImage[], index: ImageIndex, said: Memo): Finding[] {
  const findings: Finding[] = [];
  const unnamed = listed.filter((image) => image.names.length === 0);
  const tags = unnamed.flatMap((image) => image.tags.map((tag) => `\`${printable(tag)}\``));
  if (unnamed.some((image) => image.tags.length === 0)) findings.push(finding('names-missing'));
  if (tags.length > 0) findings.push(finding('tag-without-name', { tags: enumerated(tags, ', ') }));
  const tagged = new Set((index.docker ?? []).flatMap((image) => image.names));
  for (const name of new Set(listed.flatMap((image) => image.names))) {
    for (const each of said.once(`name ${name}`, () => nameFinding(name, tagged.has(name)))) findings.push(each);
  }
  const docker = canonical((index.docker ?? []).flatMap((image) => image.names));
  const oci = canonical((index.oci ?? []).flatMap((image) => image.names));
  if ((index.docker ?? []).length > 0 && oci.length > 0 && docker.join() !== oci.join()) {
    const ours = docker.length === 0 ? '`<none>`' : enumerated(docker, ', ');
    findings.push(finding('names-differ', { docker: ours, oci: enumerated(oci, ', ') }));
  }
  return findings;
}

/**
 * The finding about an image name that clients refuse; an empty list for a name that they accept. Podman refuses an
 * invalid name in `index.json`, Docker in `manifest.json`. `needsTag` is true for a name in `manifest.json`: there,
 * Docker's classic store also refuses a name without a tag.
 */
function nameFinding(name: string, needsTag: boolean): Finding[] {
  const parsed = parseReference(name);
  if (!parsed.ok) return [finding('name-refused', { name, problem: parsed.problem, hint: parsed.remedy })];
  if (!needsTag || name.lastIndexOf(':') > name.lastIndexOf('/')) return [];
  const problem = { en: 'it has no tag.', zh: '它没有标签。' };
  const hint = { en: `Write for example ${name}:latest.`, zh: `例如写成 ${name}:latest。` };
  return [finding('name-refused', { name, problem, hint })];
}

function canonical(names: string[]): string[] {
  return [...new Set(names.map(completeName))].toSorted();
}
