import { printable } from '../bytes.ts';
import { type Digest, parseDigest } from '../digest.ts';
import { type Bilingual, type Finding, finding } from '../findings.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
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

/** Faults of the OCI layout itself: no digest protects `oci-layout` and `index.json`, and clients refuse them for these. */
export function layoutFindings(index: ImageIndex, listed: ListedImage[], documents: DocumentObserver): Finding[] {
  const { folder } = index;
  const layout = documents.object(`${folder}oci-layout`);
  if (layout === null) return [];
  const top = documents.object(`${folder}index.json`);
  const version = asText(layout['imageLayoutVersion']);
  const findings: Finding[] = [];
  if (version !== LAYOUT_VERSION) {
    const problem = {
      en: `its version is ${printable(version ?? 'missing')}, not ${LAYOUT_VERSION}`,
      zh: `版本是 ${printable(version ?? '空')}，而不是 ${LAYOUT_VERSION}`,
    };
    findings.push(finding('layout-refused', { document: 'oci-layout', problem }));
  }
  findings.push(...indexFindings(asList(top?.['manifests']), folder, documents, 0));
  const half = listed.some((image) => image.listedIn.join() === 'manifest.json');
  if (half && index.oci !== null) findings.push(finding('index-short'));
  return findings;
}

function indexFindings(descriptors: unknown[], folder: string, documents: DocumentObserver, depth: number): Finding[] {
  return descriptors.flatMap((each) => {
    const descriptor = asObject(each);
    const text = asText(descriptor?.['digest']) ?? '';
    const digest = parseDigest(text);
    if (descriptor === null || digest === null) {
      return [finding('image-incomplete', { document: '`index.json`', blob: printable(text) })];
    }
    const below = depth < 4 ? asList(documents.object(blobIn(folder, digest))?.['manifests']) : [];
    const problem = problemOf(descriptor, digest, documents.sizes.get(blobIn(folder, digest)));
    const own = problem === null ? [] : [finding('layout-refused', { document: 'index.json', problem })];
    return [...own, ...indexFindings(below, folder, documents, depth + 1)];
  });
}

function problemOf(descriptor: Json, digest: Digest, size: number | undefined): Bilingual | null {
  const mediaType = asText(descriptor['mediaType']) ?? '';
  if (!MANIFEST_TYPES.has(mediaType)) {
    return {
      en: `the media type of ${digest} is \`${printable(mediaType)}\``,
      zh: `${digest} 的媒体类型是 \`${printable(mediaType)}\``,
    };
  }
  if (size === undefined || descriptor['size'] === size) return null;
  const said = printable(JSON.stringify(descriptor['size'] ?? null));
  return {
    en: `it gives ${digest} ${said} bytes, but there are ${size}`,
    zh: `其中 ${digest} 的大小记为 ${said} 字节，实际为 ${size} 字节`,
  };
}
