import type { Finding } from '../catalogue/findings.ts';
import { hex, parseDigest } from '../model/digest.ts';
import { LadingError } from '../model/errors.ts';
import { field, textIn } from '../model/json.ts';
import { ArtifactReader } from './artifact.ts';
import { dockerImages } from './docker-list.ts';
import { OCI_INDEX, OCI_LAYOUT, OCI_MANIFEST } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { countImage } from './image-budget.ts';
import { legacyImages } from './legacy-list.ts';
import type { ListedImage } from './listed.ts';
import { type IndexNotes, manifestImage, ociImages } from './oci-list.ts';

/**
 * The images that the documents in one folder of an archive list: a list for `manifest.json` (`docker`), for
 * `index.json` (`oci`) and for `repositories` (`legacy`). A list is null when its document is missing or cannot be
 * used.
 */
export interface ImageIndex extends IndexNotes {
  docker: ListedImage[] | null;
  oci: ListedImage[] | null;
  legacy: ListedImage[] | null;
  /**
   * A list with the only image in a folder that podman or skopeo wrote with the transport `dir:`. Null for other
   * folders, and when the config of the image is missing.
   */
  directory: ListedImage[] | null;
  /**
   * The finding that a document of the archive exceeds a limit. The lists are then incomplete. Null when no limit is
   * exceeded.
   */
  exceeded: Finding | null;
}

const READ = new WeakMap<DocumentObserver, Map<string, ImageIndex>>();

/**
 * Reads the documents in `folder` that list images, such as `index.json`, and returns the images that each lists.
 * `folder` ends with a slash; it is empty for the root of the archive. A second call for the same folder returns the
 * same result. When a limit is exceeded, no error is thrown: the field `exceeded` says so.
 */
export function readIndex(documents: DocumentObserver, folder = ''): ImageIndex {
  const read = READ.get(documents) ?? new Map<string, ImageIndex>();
  READ.set(documents, read);
  const index = read.get(folder) ?? readOnce(documents, folder);
  read.set(folder, index);
  return index;
}

function readOnce(documents: DocumentObserver, folder: string): ImageIndex {
  const index: ImageIndex = {
    folder,
    docker: null,
    oci: null,
    legacy: null,
    directory: null,
    absent: [],
    entries: 0,
    tags: [],
    attestations: 0,
    artifacts: [],
    exceeded: null,
  };
  try {
    index.docker = dockerImages(documents, folder);
    const layout = documents.object(`${folder}oci-layout`, OCI_LAYOUT);
    const top = documents.object(`${folder}index.json`, OCI_INDEX);
    if (textIn(layout, 'imageLayoutVersion') !== null && top !== null) index.oci = ociImages(documents, top, index);
    index.legacy = legacyImages(documents, folder);
    index.directory = directoryImage(documents, folder, index);
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    index.exceeded = error.finding;
  }
  return index;
}

/**
 * Returns a list with the only image in a folder that podman or skopeo wrote with the transport `dir:`. In such a
 * folder, `manifest.json` is an OCI manifest, and the file name of each blob is the hex digits of its digest. Returns
 * null for any other folder, and when the config of the image is missing. For an artifact, such as a Helm chart,
 * returns null and adds it to `into.artifacts`.
 */
function directoryImage(documents: DocumentObserver, folder: string, into: ImageIndex): ListedImage[] | null {
  const manifest = documents.object(`${folder}manifest.json`, OCI_MANIFEST);
  if (manifest === null || !Array.isArray(field(manifest, 'layers'))) return null;
  const artifact = new ArtifactReader(documents, (digest) => folder + hex(digest)).of(manifest);
  if (artifact !== null && parseDigest(textIn(field(manifest, 'config'), 'digest') ?? '') !== null) {
    into.artifacts.push(artifact);
    return null;
  }
  const image = manifestImage(manifest, (digest) => folder + hex(digest));
  countImage(documents.budget, 0, image.layers.length);
  const isThere = image.config !== null && documents.sizes.has(image.config);
  return isThere ? [{ ...image, listedIn: ['manifest.json'] }] : null;
}
