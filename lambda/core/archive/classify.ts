import { printable } from '../bytes.ts';
import { type Bilingual, finding } from '../findings.ts';
import type { ArchiveKind } from '../inspection.ts';
import type { Blob } from './blobs.ts';
import { classifyOther, type OtherVerdict } from './classify-others.ts';
import { type ImageIndex, type ListedImage, readIndex } from './image-index.ts';
import { HOLDS } from './paths.ts';
import type { ArchiveScan } from './scan.ts';

/** What an archive is, why, what to say about it, and where an image archive's images are listed. */
export type Verdict = OtherVerdict;

/**
 * Decides what an archive is once all of it was seen: an image archive's manifest usually stands at its very end,
 * and a root file system may hold files that are named like an image archive's (docs/formats.md, the traps).
 */
export function classify(scan: ArchiveScan, blobs: ReadonlyMap<string, Blob>): Verdict {
  const verdict = asImage(scan) ?? asRootfs(scan) ?? classifyOther(scan, blobs);
  for (const path of scan.documents.repeated) verdict.findings.push(finding('manifest-twice', { member: path }));
  return verdict;
}

/** An image archive, at the root or in the one folder that everything was packed with. */
function asImage(scan: ArchiveScan): Verdict | null {
  const atRoot = imageAt(scan, '');
  if (atRoot !== null) return atRoot;
  const [folder] = scan.topLevel;
  if (scan.topLevel.size !== 1 || folder === undefined) return null;
  const inside = imageAt(scan, `${folder}/`);
  inside?.findings.push(finding('wrapped', { folder: printable(folder), what: { en: 'an image', zh: '一个镜像' } }));
  return inside;
}

function imageAt(scan: ArchiveScan, folder: string): Verdict | null {
  const index = readIndex(scan.documents, folder);
  const [docker, oci, others] = [index.docker ?? [], index.oci ?? [], index.legacy ?? index.directory ?? []];
  const evidence: string[] = [];
  if (docker.length > 0)
    evidence.push(`\`manifest.json\` lists ${docker.length === 1 ? 'an image' : `${docker.length} images`}`);
  if (oci.length > 0) evidence.push('`oci-layout` and an `index.json` whose manifest is in the archive');
  if (docker.length + oci.length === 0 && others.length > 0) {
    const inFolder = '`manifest.json` is the manifest of one image, whose blobs lie beside it';
    evidence.push(index.legacy === null ? inFolder : '`repositories` and directories with `json` and `layer.tar`');
  }
  if (evidence.length === 0) return null;
  const listed = docker.length > 0 ? docker : oci.length > 0 ? oci : others;
  const kind = imageKind(scan, listed, index);
  if (kind !== 'image/nested-in-export') {
    const what = images(
      listed.length,
      listed.flatMap((image) => image.names),
    );
    return { kind, evidence, findings: [finding('image-archive', { what })], index };
  }
  return {
    kind,
    evidence: [...evidence, 'around it lies a root file system'],
    findings: [finding('image-nested')],
    index,
  };
}

function imageKind(scan: ArchiveScan, listed: ListedImage[], { docker, oci, legacy }: ImageIndex): ArchiveKind {
  if (scan.rootfs.initLayer.size >= 3 || scan.rootfs.hierarchy.size >= 3) return 'image/nested-in-export';
  const paths = listed.flatMap((image) => [image.config ?? '', ...image.layers.map((layer) => layer.path)]);
  if (paths.some((path) => scan.rules.paths.get(scan.documents.resolved(path)) === HOLDS.nothing))
    return 'image/incomplete';
  const inLayout = (oci ?? []).length > 0;
  if ((docker ?? []).length > 0) return inLayout ? 'image/hybrid' : 'image/docker';
  if (inLayout) return 'image/oci';
  return legacy === null ? 'image/directory' : 'image/docker-v1';
}

function images(count: number, names: string[]): Bilingual {
  const list = names.slice(0, 3).map((name) => `\`${name}\``);
  const [en, zh] = count === 1 ? ['an image', '一个镜像'] : [`${count} images`, ` ${count} 个镜像`];
  if (list.length === 0) return { en: `${en}, without a name`, zh: `${zh}（没有名称）` };
  return { en: `${en}, ${list.join(', ')}`, zh: `${zh}（${list.join('、')}）` };
}

function asRootfs(scan: ArchiveScan): Verdict | null {
  const { initLayer, hierarchy } = scan.rootfs;
  const evidence = [`top-level directories of a root file system: ${[...hierarchy].toSorted().join(', ')}`];
  if (initLayer.has('.dockerenv') && initLayer.size >= 6) {
    const marks = [...initLayer].toSorted().join(', ');
    evidence.unshift(`the members Docker puts into every container: ${marks}`);
    return { kind: 'rootfs/docker-export', evidence, findings: [], index: null };
  }
  if (hierarchy.size < 2) return null;
  return { kind: 'rootfs/generic', evidence, findings: [], index: null };
}
