import { printable } from '../../bytes.ts';
import { type Finding, finding } from '../../findings.ts';
import { completeName } from '../../image/image-groups.ts';
import { parseReference } from '../../image/reference.ts';
import type { ArchiveShape, FoundImage, ImageSource } from '../../inspection.ts';
import type { Blob } from './blobs.ts';
import type { DocumentObserver } from './documents.ts';
import { indexFaults } from './index-faults.ts';
import type { ImageIndex } from './image-index.ts';
import type { ListedImage } from './listed.ts';
import { checkBlobNames, verifyImage } from './images.ts';
import { layoutFaults } from './layout-faults.ts';
import { placeImages } from './platforms.ts';
import { shapeOf } from './shape.ts';

/** All images of an archive, verified, and what is to be said about them together. */
export interface ImageSet {
  images: FoundImage[];
  sources: (ImageSource | null)[];
  shape: ArchiveShape;
  findings: Finding[];
}

/** Verifies every image that the documents list; one that both documents list counts once. */
export function readImages(index: ImageIndex, documents: DocumentObserver, blobs: ReadonlyMap<string, Blob>): ImageSet {
  const listed = merge(index, documents, blobs);
  const { images: verified, findings: placeFindings } = placeImages(
    index,
    listed,
    listed.map((each) => verifyImage(each, documents, blobs)),
  );
  const images = verified.flatMap((each) => each.findings);
  const layout = layoutFaults(index, listed, documents);
  return {
    images: verified.map((each) => each.found),
    sources: verified.map((each) => each.source),
    shape: {
      ...shapeOf(index, listed, verified, documents, blobs),
      faults: [
        ...layout.flatMap(({ fault }) => fault ?? []),
        ...(index.oci === null ? [] : indexFaults(documents, index.folder)),
      ],
    },
    findings: [
      ...formatFindings(index),
      ...documents.unreadable(index.folder).map((member) => finding('document-unreadable', { member })),
      ...layout.flatMap((each) => each.finding ?? []),
      ...images,
      ...checkBlobNames(blobs, images),
      ...nameFindings(listed, index),
      ...placeFindings,
    ].filter(distinct),
  };
}

/** Docker's list first, each entry joined with the OCI manifest of the same config and layers; then what only the index lists. */
function merge(index: ImageIndex, documents: DocumentObserver, blobs: ReadonlyMap<string, Blob>): ListedImage[] {
  const oci = [...(index.oci ?? [])];
  const differ = namesDiffer(index);
  const contents = ({ layers }: ListedImage) =>
    layers.map(({ path }) => blobs.get(documents.resolved(path))?.content?.digest ?? documents.resolved(path)).join();
  const docker = (index.docker ?? []).map((image) => {
    const config = image.config === null ? undefined : blobs.get(documents.resolved(image.config));
    const same = oci.findIndex(
      (each) =>
        each.configDigest !== null && each.configDigest === config?.stored.digest && contents(each) === contents(image),
    );
    const [twin] = same < 0 ? [] : oci.splice(same, 1);
    if (twin === undefined) return image;
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
  const current = [...docker, ...oci];
  return current.length > 0 ? current : (index.legacy ?? index.directory ?? []);
}

/** Gives the other platforms of an image the name that only `manifest.json` calls it by. */
function rename(oci: ListedImage[], twin: ListedImage, names: string[]): void {
  const index = twin.place?.index ?? null;
  if (index === null) return;
  oci.forEach((each, at) => {
    if (each.place?.index === index && each.names.join() === twin.names.join()) oci[at] = { ...each, names };
  });
}

/** The names of both lists; of names that mean the same, only the first. */
function together(docker: string[], oci: string[]): string[] {
  const known = new Set(canonical(docker));
  return [...docker, ...oci.filter((name) => !known.has(completeName(name)))];
}

/** True when `index.json` has other names than `manifest.json`, or none: a tool named the images in one of them only. */
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

function nameFindings(listed: ListedImage[], index: ImageIndex): Finding[] {
  const findings: Finding[] = [];
  const unnamed = listed.filter((image) => image.names.length === 0);
  const tags = unnamed.flatMap((image) => image.tags.map((tag) => `\`${printable(tag)}\``)).join(', ');
  if (unnamed.some((image) => image.tags.length === 0)) findings.push(finding('names-missing'));
  if (tags !== '') findings.push(finding('tag-without-name', { tags }));
  const tagged = new Set((index.docker ?? []).flatMap((image) => image.names));
  for (const name of listed.flatMap((image) => image.names)) findings.push(...nameFinding(name, tagged.has(name)));
  const docker = canonical((index.docker ?? []).flatMap((image) => image.names));
  const oci = canonical((index.oci ?? []).flatMap((image) => image.names));
  if ((index.docker ?? []).length > 0 && oci.length > 0 && docker.join() !== oci.join()) {
    findings.push(finding('names-differ', { docker: docker.join(', ') || '`<none>`', oci: oci.join(', ') }));
  }
  return findings;
}

/**
 * Podman refuses a name in `index.json` as Docker does one in `manifest.json`. There Docker's
 * classic store refuses a name without a tag too, although it completes one on the command line.
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

/** Images share layers, and a fault of a shared layer is one fault. */
function distinct(one: Finding, at: number, all: Finding[]): boolean {
  return all.findIndex((each) => each.code === one.code && each.message === one.message) === at;
}
