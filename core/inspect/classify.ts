import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding, quoted } from '../catalogue/findings.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { type ImageIndex, readIndex } from '../images/image-index.ts';
import type { ListedImage } from '../images/listed.ts';
import { printable } from '../model/bytes.ts';
import type { ArchiveKind } from '../model/inspection.ts';
import { HOLDS } from '../tar/paths.ts';
import { type Classification, classifyOther, everythingBut } from './classify-others.ts';
import type { ArchiveScan } from './scan.ts';
import { isArchiveName } from '../model/archive-name.ts';
import { isStray } from '../model/stray-files.ts';

/**
 * Decides the kind of an archive, such as an image archive, from the facts about all its members. Returns the kind with
 * the reasons and findings. It cannot decide earlier: `manifest.json` is often the last member of an image archive, and
 * a root file system may contain files with the same names as the documents of an image archive (docs/formats.md).
 */
export function classify(scan: ArchiveScan, blobs: ReadonlyMap<string, ArchiveBlob>): Classification {
  const verdict = asImage(scan) ?? asRootfs(scan) ?? classifyOther(scan, blobs);
  for (const path of scan.documents.repeated) verdict.findings.push(finding('manifest-twice', { member: path }));
  return verdict;
}

/**
 * Classifies an archive that has an image at its top level or inside a single folder. Files such as a readme may be
 * beside the image. Null for other archives.
 */
function asImage(scan: ArchiveScan): Classification | null {
  const atRoot = imageAt(scan, '');
  if (atRoot !== null || scan.rootfs.hierarchy.size >= 2) return atRoot;
  const inside = scan.documents.folders().flatMap((folder) => {
    const verdict = imageAt(scan, folder);
    return verdict === null || !isMainly(scan, folder) ? [] : { folder: folder.slice(0, -1), verdict };
  });
  const [one] = inside;
  if (one === undefined || inside.length > 1) return null;
  const what = { en: 'an image', zh: '一个镜像' };
  one.verdict.findings.push(
    finding('wrapped', { folder: printable(one.folder), what, everything: everythingBut(scan, one.folder) }),
  );
  return one.verdict;
}

/**
 * True when the documents and blobs of the image in `folder` make up at least half of the bytes in the archive's files.
 * If no other folder and no archive file is at the top level, the files there are not counted, and the result is always
 * true for a `folder` at the top level.
 */
function isMainly({ topLevel, topFolders, documents, fileBytes, topFileBytes }: ArchiveScan, folder: string): boolean {
  const others = [...topLevel].filter((name) => !folder.startsWith(`${name}/`) && !isStray(name));
  const isAlone = others.every((name) => !topFolders.has(name) && !isArchiveName(name));
  if (isAlone && folder.indexOf('/') === folder.length - 1) return true;
  return documents.bytesIn(folder) * 2 >= fileBytes - (isAlone ? topFileBytes : 0);
}

function imageAt(scan: ArchiveScan, folder: string): Classification | null {
  const index = readIndex(scan.documents, folder);
  if (index.exceeded !== null) return tooMuch(scan, index.exceeded);
  const [docker, oci, others] = [index.docker ?? [], index.oci ?? [], index.legacy ?? index.directory ?? []];
  const evidence: Bilingual[] = [];
  if (docker.length > 0) evidence.push(lists(docker.length));
  if (oci.length > 0) evidence.push(SIGNS.oci);
  if (docker.length + oci.length === 0 && others.length > 0) {
    evidence.push(index.legacy === null ? SIGNS.directory : SIGNS.legacy);
  }
  if (evidence.length === 0) return null;
  if (scan.documents.exceeded !== null) return tooMuch(scan, scan.documents.exceeded);
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
    evidence: [...evidence, SIGNS.nested],
    findings: [finding('image-nested')],
    index,
  };
}

/**
 * Classifies an archive whose image documents exceed a limit as an incomplete image archive; `exceeded` is the finding
 * about the limit. Null for a root file system: its files may have the names of image documents without being such
 * documents, so the limit does not matter.
 */
function tooMuch({ rootfs }: ArchiveScan, exceeded: Finding): Classification | null {
  if (rootfs.hierarchy.size >= 2) return null;
  return { kind: 'image/incomplete', evidence: [quoted(exceeded)], findings: [exceeded], index: null };
}

/** For each format of an image archive, the evidence by which it is recognised, as a clause in English and Chinese. */
const SIGNS = {
  oci: both(
    '`oci-layout` and an `index.json` whose manifest is in the archive',
    '有 `oci-layout`，且 `index.json` 所指的清单就在归档中',
  ),
  directory: both(
    '`manifest.json` is the manifest of one image, whose blobs lie beside it',
    '`manifest.json` 是单个镜像的清单，镜像的数据就在它旁边',
  ),
  legacy: both(
    '`repositories` and directories with `json` and `layer.tar`',
    '有 `repositories`，以及含 `json` 和 `layer.tar` 的目录',
  ),
  nested: both('around it lies a root file system', '它的外面是一个根文件系统'),
};

function lists(count: number): Bilingual {
  return both(
    `\`manifest.json\` lists ${count === 1 ? 'an image' : `${count} images`}`,
    `\`manifest.json\` 列出了 ${count} 个镜像`,
  );
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

function asRootfs(scan: ArchiveScan): Classification | null {
  const { initLayer, hierarchy } = scan.rootfs;
  const top = [...hierarchy].toSorted();
  const evidence = [
    both(`top-level directories of a root file system: ${top.join(', ')}`, `顶层是根文件系统的目录：${top.join('、')}`),
  ];
  if (initLayer.has('.dockerenv') && initLayer.size >= 6) {
    const marks = [...initLayer].toSorted();
    evidence.unshift(
      both(
        `the members Docker puts into every container: ${marks.join(', ')}`,
        `有 Docker 放进每个容器的成员：${marks.join('、')}`,
      ),
    );
    return { kind: 'rootfs/docker-export', evidence, findings: [], index: null };
  }
  if (hierarchy.size < 2) return null;
  return { kind: 'rootfs/generic', evidence, findings: [], index: null };
}
