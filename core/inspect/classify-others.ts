import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { ATTESTATIONS } from '../images/artifact.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { type ImageIndex, readIndex } from '../images/image-index.ts';
import { printable } from '../model/bytes.ts';
import { isStray } from '../model/stray-files.ts';
import type { ArchiveKind } from '../model/inspection.ts';
import { otherArchive, severalImages } from './classify-packed.ts';
import type { ArchiveScan } from './scan.ts';

/**
 * The classification of an archive: its kind, clauses that give the reasons for it, its findings, and the list of its
 * images (null when it has none).
 */
export interface Classification {
  kind: ArchiveKind;
  evidence: Bilingual[];
  findings: Finding[];
  index: ImageIndex | null;
}

/**
 * Classifies an archive in which neither an image nor a root file system was found, such as a broken image archive. The
 * result always has a finding that says what the archive is instead.
 */
export function classifyOther(scan: ArchiveScan, blobs: ReadonlyMap<string, ArchiveBlob>): Classification {
  if (scan.members === 0) {
    const evidence = [both('there is no member', '没有任何成员')];
    return { kind: 'empty', evidence, findings: [finding('no-members')], index: null };
  }
  const names = [...scan.topLevel].slice(0, 6).map(printable);
  const more = scan.topLevel.size > names.length;
  const evidence = [
    both(`top level: ${names.join(', ')}${more ? ', …' : ''}`, `顶层：${names.join('、')}${more ? '……' : ''}`),
  ];
  const artifact = asArtifact(scan);
  if (artifact !== null) return { kind: 'plain', evidence, findings: [artifact], index: null };
  const broken = asBrokenImage(scan);
  if (broken !== null) return { kind: 'image/incomplete', evidence, ...broken };
  const packed =
    asWrapped(scan) ?? asWindowsLayer(scan) ?? severalImages(scan) ?? asBundle(scan, blobs) ?? otherArchive(scan);
  if (packed !== null) return { kind: 'plain', evidence, findings: [packed], index: null };
  const executables = scan.rootfs.elfFiles;
  if (executables > 0) {
    const what = executables === 1 ? both('an executable', '一个可执行文件') : several(executables);
    return { kind: 'rootfs/minimal', evidence, findings: [finding('minimal-rootfs', { what })], index: null };
  }
  const what = both(
    `its top level holds ${names.join(', ')}${more ? ' and more' : ''}`,
    `顶层有 ${names.join('、')}${more ? ' 等' : ''}`,
  );
  return { kind: 'plain', evidence, findings: [finding('plain-archive', { what })], index: null };
}

const DOCUMENTS = ['manifest.json', 'index.json', 'oci-layout', 'repositories'];

/**
 * The finding that an OCI layout, or a folder of skopeo's transport `dir:`, lists no image, but only artifacts such as
 * Helm charts. Null for other archives.
 */
function asArtifact({ documents }: ArchiveScan): Finding | null {
  for (const folder of ['', ...documents.folders()]) {
    const { docker, oci, absent, artifacts, attestations } = readIndex(documents, folder);
    const isImage = (docker ?? []).length + (oci ?? []).length + absent.length > 0;
    const [artifact = attestations > 0 ? ATTESTATIONS : undefined] = artifacts;
    if (!isImage && artifact !== undefined) return finding('oci-artifact', { ...artifact });
  }
  return null;
}

/**
 * The findings about a broken image archive, and the images that it still lists (`index`). An image archive is broken
 * when the documents that list its images are missing, empty or unreadable, or when blobs are missing. When too many
 * are missing, the only finding names the limit, and `index` is null. The result is null for other archives.
 */
function asBrokenImage({ documents }: ArchiveScan): { findings: Finding[]; index: ImageIndex | null } | null {
  const index = readIndex(documents);
  const empty = DOCUMENTS.filter((path) => documents.sizes.get(path) === 0);
  if (empty.length > 0 && documents.sizes.size > empty.length) {
    return { findings: empty.map((member) => finding('document-empty', { member })), index };
  }
  const blob = documents.imageBlob();
  const unreadable = documents.unreadable('').map((member) => finding('document-unreadable', { member }));
  if (blob !== null && unreadable.length > 0) return { findings: unreadable, index };
  if (index.absent.length === 0) {
    return blob === null ? null : { findings: [finding('image-unlisted', { piece: printable(blob) })], index };
  }
  const exceeded = documents.budget.take('imageFindings', index.absent.length);
  if (exceeded !== null) return { findings: [exceeded], index: null };
  const document = '`index.json`';
  const findings = index.absent.map(({ digest, platform }) => {
    return finding('image-incomplete', { document, blob: platform === null ? digest : `${digest} (${platform})` });
  });
  return { findings, index };
}

/**
 * The finding that a root file system is inside a folder of the archive, because `tar` was given the folder instead of
 * its content; null for other archives.
 */
function asWrapped(scan: ArchiveScan): Finding | null {
  const [folder, ...others] = [...scan.topLevel].filter((name) => !isStray(name));
  if (folder === undefined || others.length > 0 || !scan.innerRoots.roots.includes(folder)) return null;
  const what = both('a root file system', '一个根文件系统');
  return finding('wrapped', { folder: printable(folder), what, everything: everythingBut(scan, folder) });
}

/**
 * Makes the grammatical subject of a sentence that says what is in `folder`, in English and Chinese. It is "Everything"
 * or, when the archive has other files beside that folder, "Everything but `README`".
 */
export function everythingBut({ topLevel }: ArchiveScan, folder: string): Bilingual {
  const others = [...topLevel].filter((name) => name !== folder && !folder.startsWith(`${name}/`));
  const shown = others.slice(0, NEIGHBOURS_SHOWN).map((name) => `\`${printable(name)}\``);
  if (shown.length === 0) return both('Everything', '所有内容');
  const more = others.length > shown.length;
  return both(
    `Everything but ${shown.join(', ')}${more ? ' and the like' : ''}`,
    `除 ${shown.join('、')}${more ? ' 等' : ''} 以外，所有内容`,
  );
}

const NEIGHBOURS_SHOWN = 3;

function asWindowsLayer({ topLevel }: ArchiveScan): Finding | null {
  return topLevel.has('Files') && topLevel.has('Hives') ? finding('windows-layer') : null;
}

const ARCHIVES_SHOWN = 5;
const INSTALLER = /^(?:install|setup|load|import)[\w.-]*\.(?:sh|bat|cmd|ps1|py)$/i;

/**
 * The finding that an archive contains other archives: an image archive, or archives that make up more than half of the
 * bytes of its files. Null if it does not.
 */
function asBundle(scan: ArchiveScan, blobs: ReadonlyMap<string, ArchiveBlob>): Finding | null {
  const { paths, count, bytes } = scan.archives;
  const isImage = (path: string): boolean => blobs.get(path)?.facts.imageDocuments === true;
  if (count === 0 || !(paths.some(isImage) || bytes * 2 > scan.fileBytes)) return null;
  const shown = paths.toSorted((a, b) => Number(isImage(b)) - Number(isImage(a))).slice(0, ARCHIVES_SHOWN);
  const more = count - shown.length;
  const en = shown.map((path) => `\`${printable(path)}\`${isImage(path) ? ' (an image archive)' : ''}`);
  const zh = shown.map((path) => `\`${printable(path)}\`${isImage(path) ? '（镜像归档）' : ''}`);
  const script = [...scan.topLevel, ...scan.insideFirst].find((name) => INSTALLER.test(name));
  return finding('archive-bundle', {
    archives: both(
      `${en.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
      `${zh.join('、')}${more > 0 ? ` 等共 ${count} 个` : ''}`,
    ),
    installer: script === undefined ? '' : both(`, or run its \`${script}\``, `，或运行其中的 \`${script}\``),
  });
}

function several(executables: number): Bilingual {
  return both(`${executables} executables`, `${executables} 个可执行文件`);
}
