import { type Finding, finding } from '../findings.ts';
import { formatPlatform } from '../image/platform.ts';
import { parseReference } from '../image/reference.ts';
import type { FoundImage, ImageSource } from '../inspection.ts';
import type { Blob } from './blobs.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageIndex, ListedImage } from './image-index.ts';
import { type VerifiedImage, verifyImage } from './images.ts';

/** All images of an archive, verified, and what is to be said about them together. */
export interface ImageSet {
  images: FoundImage[];
  sources: (ImageSource | null)[];
  findings: Finding[];
}

/** Verifies every image that the documents list; one that both documents list counts once. */
export function readImages(index: ImageIndex, documents: DocumentObserver, blobs: ReadonlyMap<string, Blob>): ImageSet {
  const listed = merge(index, documents, blobs);
  const verified = listed.map((each) => verifyImage(each, documents, blobs));
  return {
    images: verified.map((each) => each.found),
    sources: verified.map((each) => each.source),
    findings: [
      ...formatFindings(index),
      ...verified.flatMap((each) => each.findings),
      ...nameFindings(listed, index),
      ...platformFindings(index, verified),
    ].filter(distinct),
  };
}

/** Docker's list first, each entry joined with the OCI manifest of the same config; then what only the index lists. */
function merge(index: ImageIndex, documents: DocumentObserver, blobs: ReadonlyMap<string, Blob>): ListedImage[] {
  const oci = [...(index.oci ?? [])];
  const docker = (index.docker ?? []).map((image) => {
    const config = image.config === null ? undefined : blobs.get(documents.resolved(image.config));
    const same = oci.findIndex((each) => each.configDigest !== null && each.configDigest === config?.stored.digest);
    const [twin] = same < 0 ? [] : oci.splice(same, 1);
    if (twin === undefined) return image;
    return {
      ...image,
      configDigest: twin.configDigest,
      manifestDigest: twin.manifestDigest,
      listedIn: [...image.listedIn, ...twin.listedIn],
    };
  });
  return [...docker, ...oci, ...(docker.length + oci.length === 0 ? (index.legacy ?? []) : [])];
}

function formatFindings({ docker, oci, legacy }: ImageIndex): Finding[] {
  const hasDocker = docker !== null && docker.length > 0;
  const hasOci = oci !== null && oci.length > 0;
  if (hasDocker) return hasOci ? [] : [finding('docker-only')];
  if (hasOci) return [finding('oci-only')];
  return legacy === null ? [] : [finding('legacy-format')];
}

function nameFindings(listed: ListedImage[], index: ImageIndex): Finding[] {
  const findings: Finding[] = [];
  if (listed.some((image) => image.names.length === 0)) findings.push(finding('names-missing'));
  for (const name of listed
    .filter((image) => image.listedIn.includes('manifest.json'))
    .flatMap((image) => image.names)) {
    const parsed = parseReference(name);
    if (!parsed.ok) findings.push(finding('name-refused', { name, problem: parsed.problem }));
  }
  const docker = canonical((index.docker ?? []).flatMap((image) => image.names));
  const oci = canonical((index.oci ?? []).flatMap((image) => image.names).filter((name) => /[/:]/.test(name)));
  if (docker.length > 0 && oci.length > 0 && docker.join() !== oci.join()) {
    findings.push(finding('names-differ', { docker: docker.join(', '), oci: oci.join(', ') }));
  }
  return findings;
}

function canonical(names: string[]): string[] {
  return [
    ...new Set(
      names.map((name) => {
        const parsed = parseReference(name);
        return parsed.ok ? parsed.value.canonical : name;
      }),
    ),
  ].toSorted();
}

function platformFindings(index: ImageIndex, verified: VerifiedImage[]): Finding[] {
  const findings: Finding[] = [];
  const absent = index.absent.flatMap((each) => each.platform ?? []);
  if (absent.length > 0) findings.push(finding('platform-absent', { platforms: absent.join(', ') }));
  const platforms = new Set(
    verified.flatMap(({ found }) => (found.platform === null ? [] : formatPlatform(found.platform))),
  );
  const sameName = new Set(verified.map(({ found }) => found.names.join())).size === 1;
  if (verified.length < 2) return findings;
  if (platforms.size > 1 && sameName)
    findings.push(finding('several-platforms', { platforms: [...platforms].join(', ') }));
  else findings.push(finding('several-images', { count: verified.length }));
  return findings;
}

/** Images share layers, and a fault of a shared layer is one fault. */
function distinct(one: Finding, at: number, all: Finding[]): boolean {
  return all.findIndex((each) => each.code === one.code && each.message === one.message) === at;
}
