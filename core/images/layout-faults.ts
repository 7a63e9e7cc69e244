import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { GoType, TypeFault } from '../json/go-types.ts';
import { printable } from '../model/bytes.ts';
import { type Digest, parseDigest } from '../model/digest.ts';
import type { DocumentFault, TopCode } from '../model/inspection.ts';
import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';
import {
  CRANE_DOCKER_MANIFEST,
  DOCKER_MANIFEST,
  isNewField,
  OCI_INDEX,
  OCI_LAYOUT,
  OCI_MANIFEST,
  REPOSITORIES,
  SHORT_DOCKER_MANIFEST,
} from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageArchive, Memo } from './image-archive.ts';
import type { ImageIndex } from './image-index.ts';
import type { ListedImage } from './listed.ts';
import { blobIn } from './oci-list.ts';
import { typeFindings } from './type-faults.ts';

/**
 * The fields of an OCI index that a conversion reads. Only there can a value of an unclear type do harm: all other
 * fields are written anew.
 */
const INDEX_NEEDS = ['', 'manifests', 'manifests[]', 'manifests[].digest', 'manifests[].annotations'];
const MANIFEST_NEEDS = ['', 'config', 'config.digest', 'layers', 'layers[]', 'layers[].digest'];

const LAYOUT_VERSION = '1.0.0';

/** The media types of OCI (image-index.md) and Docker that an entry of an index may have. Clients refuse all others. */
const MANIFEST_TYPES = new Set([
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/**
 * A fault of a document that lists images, such as `index.json`. `finding` reports it to the user; null for one that is
 * not reported. `fault` is the code from which the verdicts on clients follow (whether they load the archive); null if
 * no verdict follows from this fault.
 */
export interface LayoutFault {
  finding: Finding | null;
  fault: DocumentFault | null;
}

/**
 * A document at the root of an archive: its name, the beginning of its fault codes, the Go type that clients decode it
 * into, and the fields that a conversion reads.
 */
interface TopDocument {
  name: string;
  code: TopCode;
  type: GoType;
  needed: readonly string[];
}

const DOCUMENTS: readonly TopDocument[] = [
  {
    name: 'manifest.json',
    code: 'manifest-json',
    type: DOCKER_MANIFEST,
    needed: ['', '[]', '[].Config', '[].RepoTags', '[].RepoTags[]', '[].Layers', '[].Layers[]'],
  },
  { name: 'index.json', code: 'index-json', type: OCI_INDEX, needed: INDEX_NEEDS },
  { name: 'oci-layout', code: 'oci-layout', type: OCI_LAYOUT, needed: [] },
  { name: 'repositories', code: 'repositories', type: REPOSITORIES, needed: ['', '[]', '[][]'] },
];

/**
 * The faults of the documents at an archive's root, and byte order marks and wrong types in configs and OCI manifests.
 * Empty when there are none. `listed` has the images of the archive.
 */
export function layoutFaults(
  index: ImageIndex,
  listed: ListedImage[],
  { documents, said }: ImageArchive,
): LayoutFault[] {
  const { folder } = index;
  const manifests = listed.flatMap(({ manifestDigest: digest }) => (digest === null ? [] : [blobIn(folder, digest)]));
  const below = new Set([...listed.flatMap(({ config }) => config ?? []), ...manifests]);
  return [
    ...DOCUMENTS.flatMap((each) => topFaults(each, index, documents)),
    ...linkFaults(folder, documents),
    ...[...below].flatMap((path) => markFaults(path, null, documents)),
    ...manifests.flatMap((path) => typeFaultsOf(path, OCI_MANIFEST, MANIFEST_NEEDS, documents)),
    ...ociFaults(index, listed, documents, said),
  ];
}

/**
 * The faults of documents such as `index.json` in `folder` that are links, because not every client follows links. They
 * have no finding. Empty when none is a link.
 */
function linkFaults(folder: string, { links, hardLinks }: DocumentObserver): LayoutFault[] {
  const linked = (['manifest-json', 'index-json', 'oci-layout'] as const).filter((code) =>
    links.has(folder + (DOCUMENTS.find((each) => each.code === code)?.name ?? '')),
  );
  const faults: DocumentFault[] = linked.map((code): DocumentFault => `${code}-linked`);
  if (hardLinks.has(`${folder}manifest.json`)) faults.push('manifest-json-hard-linked');
  return faults.map((fault) => ({ finding: null, fault }));
}

function markFaults(path: string, fault: DocumentFault | null, documents: DocumentObserver): LayoutFault[] {
  if (!documents.isMarked(path)) return [];
  return [{ finding: finding('byte-order-mark', { member: printable(path) }), fault }];
}

function topFaults(
  { name, code, type, needed }: TopDocument,
  index: ImageIndex,
  documents: DocumentObserver,
): LayoutFault[] {
  const path = index.folder + name;
  const marked = markFaults(path, `${code}-marked`, documents);
  // In a `dir:` folder, `manifest.json` is an OCI manifest.
  const isOther = code === 'manifest-json' && index.directory !== null;
  const typed = isOther ? null : documents.typed(path, type);
  if (typed === null) return marked;
  // If the other document lists images too, only names are needed from this one.
  const other = code === 'manifest-json' ? index.oci : code === 'index-json' ? index.docker : null;
  const isEnough = (other ?? []).length > 0;
  const needs = ({ fieldName }: TypeFault) =>
    needed.includes(fieldName) && !(isEnough && !/RepoTags|annotations/.test(fieldName));
  const findings = typeFindings(path, typed, { kept: false, needs });
  const faults: DocumentFault[] = [];
  if (typed.faults.length > 0) faults.push(code === 'index-json' ? indexFault(typed.faults) : `${code}-type`);
  if (code === 'manifest-json') {
    if (documents.faults(path, SHORT_DOCKER_MANIFEST).length > 0) faults.push('manifest-json-type-short');
    if (documents.faults(path, CRANE_DOCKER_MANIFEST).length > 0) faults.push('manifest-json-type-crane');
  }
  if (typed.rest) faults.push(`${code}-continues`);
  const gap = code === 'manifest-json' ? gapIn(typed.json, index.docker ?? []) : [];
  return [
    ...marked,
    ...findings.map((each) => ({ finding: each, fault: null })),
    ...faults.map((fault) => ({ finding: null, fault })),
    ...gap,
  ];
}

function indexFault(faults: readonly TypeFault[]): DocumentFault {
  return faults.every(isNewField) ? 'index-type-new' : 'index-json-type';
}

/**
 * The fault that an entry of `manifest.json` names no config; an empty list when every entry names one. `json` is the
 * whole document, and `docker` has the images of the entries with a config.
 */
function gapIn(json: unknown, docker: ListedImage[]): LayoutFault[] {
  if (!Array.isArray(json) || json.length === docker.length) return [];
  const at = json.findIndex((each) => textIn(each, 'config') === null) + 1;
  // An entry with a config that was left out has another fault, which was found before.
  if (at === 0) return [];
  const problem = { en: `its entry ${at} names no config`, zh: `其中第 ${at} 项没有指明配置` };
  return [{ finding: refused('manifest.json', problem), fault: 'manifest-json-gap' }];
}

/**
 * The findings about values of a wrong type in an OCI index or OCI manifest at `path`. `needed` names the fields that a
 * conversion reads. Empty when the document is missing or right.
 */
function typeFaultsOf(
  path: string,
  type: GoType,
  needed: readonly string[],
  documents: DocumentObserver,
): LayoutFault[] {
  const typed = documents.typed(path, type);
  if (typed === null) return [];
  const needs = ({ fieldName }: TypeFault) => needed.includes(fieldName);
  return typeFindings(path, typed, { kept: false, needs }).map((each) => ({ finding: each, fault: null }));
}

function ociFaults(index: ImageIndex, listed: ListedImage[], documents: DocumentObserver, said: Memo): LayoutFault[] {
  const { folder } = index;
  const layout = documents.object(`${folder}oci-layout`, OCI_LAYOUT);
  if (layout === null) return [];
  const top = documents.object(`${folder}index.json`, OCI_INDEX);
  const version = textIn(layout, 'imageLayoutVersion');
  const faults: LayoutFault[] = [];
  if (version !== LAYOUT_VERSION) {
    const problem = {
      en: `its version is ${printable(version ?? 'missing')}, not ${LAYOUT_VERSION}`,
      zh: `版本是 ${printable(version ?? '空')}，而不是 ${LAYOUT_VERSION}`,
    };
    faults.push({ finding: refused('oci-layout', problem), fault: 'layout-version' });
  }
  if (version !== null && (index.oci ?? []).length === 0) faults.push({ finding: null, fault: 'index-lists-nothing' });
  const half = listed.some((image) => image.listedIn.join() === 'manifest.json') && index.oci !== null;
  return [
    ...faults,
    ...new EntryFaults(folder, documents, said).of(listIn(top, 'manifests')),
    ...(half ? [{ finding: finding('index-short'), fault: null }] : []),
  ];
}

/**
 * Checks the media types and sizes in the entries of `index.json` and of all indexes below it. Each index is checked
 * once, however often it is listed.
 */
class EntryFaults {
  readonly #folder: string;
  readonly #documents: DocumentObserver;
  readonly #said: Memo;
  readonly #seen = new Set<Digest>();

  constructor(folder: string, documents: DocumentObserver, said: Memo) {
    this.#folder = folder;
    this.#documents = documents;
    this.#said = said;
  }

  of(descriptors: unknown[]): LayoutFault[] {
    return descriptors.flatMap((each) => {
      const descriptor = asObject(each);
      const text = textIn(descriptor, 'digest') ?? '';
      const digest = parseDigest(text);
      if (descriptor === null || digest === null) {
        const detail = { document: '`index.json`', blob: printable(text) };
        const missing = this.#said.once(`entry ${text}`, () => [finding('image-incomplete', detail)]);
        return missing.map((own) => ({ finding: own, fault: null }));
      }
      const path = blobIn(this.#folder, digest);
      const own = descriptorFault(descriptor, digest, this.#documents.sizes.get(path), this.#said);
      if (this.#seen.has(digest)) return own;
      this.#seen.add(digest);
      return [...own, ...this.#below(path)];
    });
  }

  #below(path: string): LayoutFault[] {
    const below = listIn(this.#documents.json(path, OCI_INDEX), 'manifests');
    if (below.length === 0) return [];
    const types = typeFaultsOf(path, OCI_INDEX, INDEX_NEEDS, this.#documents);
    const faults = this.#documents.faults(path, OCI_INDEX);
    const fault = faults.length === 0 ? [] : [{ finding: null, fault: indexFault(faults) }];
    return [...types, ...fault, ...this.of(below)];
  }
}

function descriptorFault(descriptor: Json, digest: Digest, size: number | undefined, said: Memo): LayoutFault[] {
  const mediaType = textIn(descriptor, 'mediaType') ?? '';
  if (!MANIFEST_TYPES.has(mediaType)) {
    const problem = {
      en: `the media type of ${digest} is \`${printable(mediaType)}\``,
      zh: `${digest} 的媒体类型是 \`${printable(mediaType)}\``,
    };
    return once(`type ${digest} ${mediaType}`, problem, 'index-media-type', said);
  }
  if (size === undefined || field(descriptor, 'size') === size) return [];
  const given = printable(JSON.stringify(field(descriptor, 'size') ?? null));
  const problem = {
    en: `it gives ${digest} ${given} bytes, but there are ${size}`,
    zh: `其中 ${digest} 的大小记为 ${given} 字节，实际为 ${size} 字节`,
  };
  return once(`size ${digest} ${given}`, problem, 'index-size', said);
}

function once(key: string, problem: Bilingual, fault: DocumentFault, said: Memo): LayoutFault[] {
  return said.once(key, () => [refused('index.json', problem)]).map((each) => ({ finding: each, fault }));
}

function refused(document: string, problem: Bilingual): Finding {
  return finding('layout-refused', { document, problem });
}
