import { printable } from '../../bytes.ts';
import { type Digest, parseDigest } from '../../digest.ts';
import type { Bilingual } from '../../bilingual.ts';
import { type Finding, finding } from '../../findings.ts';
import type { DocumentFault } from '../../inspection.ts';
import { asObject, field, type Json, listIn, textIn } from '../../json.ts';
import type { DocumentObserver } from './documents.ts';
import { blobIn, type ImageIndex, type ListedImage } from './image-index.ts';

const LAYOUT_VERSION = '1.0.0';

/** What an index may point to; clients refuse anything else (OCI image-spec image-index.md, and Docker's own types). */
const MANIFEST_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** What is to be said of a document that lists images, and what of it makes clients differ. */
export interface LayoutFault {
  finding: Finding;
  fault: DocumentFault | null;
}

const MARKED: readonly [string, DocumentFault][] = [
  ['manifest.json', 'manifest-json-marked'],
  ['index.json', 'index-json-marked'],
  ['oci-layout', 'oci-layout-marked'],
  ['repositories', 'repositories-marked'],
];

/** Faults of the documents: of those at the top, which no digest protects, and byte order marks in all. */
export function layoutFaults(index: ImageIndex, listed: ListedImage[], documents: DocumentObserver): LayoutFault[] {
  const { folder } = index;
  const below = listed.flatMap(({ config, manifestDigest: digest }) => [
    ...(config === null ? [] : [config]),
    ...(digest === null ? [] : [blobIn(folder, digest)]),
  ]);
  const all: [string, DocumentFault | null][] = [
    ...MARKED.map(([name, fault]): [string, DocumentFault] => [folder + name, fault]),
    ...below.map((path): [string, null] => [path, null]),
  ];
  const marked = all
    .filter(([path]) => documents.isMarked(path))
    .map(([path, fault]) => ({ finding: finding('byte-order-mark', { member: printable(path) }), fault }));
  return [...marked, ...ociFaults(index, listed, documents)];
}

function ociFaults(index: ImageIndex, listed: ListedImage[], documents: DocumentObserver): LayoutFault[] {
  const { folder } = index;
  const layout = documents.object(`${folder}oci-layout`);
  if (layout === null) return [];
  const top = documents.object(`${folder}index.json`);
  const version = textIn(layout, 'imageLayoutVersion');
  const faults: LayoutFault[] = [];
  if (version !== LAYOUT_VERSION) {
    const problem = {
      en: `its version is ${printable(version ?? 'missing')}, not ${LAYOUT_VERSION}`,
      zh: `版本是 ${printable(version ?? '空')}，而不是 ${LAYOUT_VERSION}`,
    };
    faults.push({ finding: refused('oci-layout', problem), fault: 'layout-version' });
  }
  faults.push(...indexFaults(listIn(top, 'manifests'), folder, documents, 0));
  const half = listed.some((image) => image.listedIn.join() === 'manifest.json');
  if (half && index.oci !== null) faults.push({ finding: finding('index-short'), fault: null });
  return faults;
}

function indexFaults(
  descriptors: unknown[],
  folder: string,
  documents: DocumentObserver,
  depth: number,
): LayoutFault[] {
  return descriptors.flatMap((each) => {
    const descriptor = asObject(each);
    const text = textIn(descriptor, 'digest') ?? '';
    const digest = parseDigest(text);
    if (descriptor === null || digest === null) {
      const missing = finding('image-incomplete', { document: '`index.json`', blob: printable(text) });
      return [{ finding: missing, fault: null }];
    }
    const below = depth < 4 ? listIn(documents.json(blobIn(folder, digest)), 'manifests') : [];
    const own = descriptorFault(descriptor, digest, documents.sizes.get(blobIn(folder, digest)));
    return [...own, ...indexFaults(below, folder, documents, depth + 1)];
  });
}

function descriptorFault(descriptor: Json, digest: Digest, size: number | undefined): LayoutFault[] {
  const mediaType = textIn(descriptor, 'mediaType') ?? '';
  if (!MANIFEST_TYPES.has(mediaType)) {
    const problem = {
      en: `the media type of ${digest} is \`${printable(mediaType)}\``,
      zh: `${digest} 的媒体类型是 \`${printable(mediaType)}\``,
    };
    return [{ finding: refused('index.json', problem), fault: 'index-media-type' }];
  }
  if (size === undefined || field(descriptor, 'size') === size) return [];
  const said = printable(JSON.stringify(field(descriptor, 'size') ?? null));
  const problem = {
    en: `it gives ${digest} ${said} bytes, but there are ${size}`,
    zh: `其中 ${digest} 的大小记为 ${said} 字节，实际为 ${size} 字节`,
  };
  return [{ finding: refused('index.json', problem), fault: 'index-size' }];
}

function refused(document: string, problem: Bilingual): Finding {
  return finding('layout-refused', { document, problem });
}
