import { printable } from '../bytes.ts';
import { type Finding, finding } from '../findings.ts';
import type { ArchiveKind } from '../inspection.ts';
import { type ImageIndex, type ListedImage, readIndex } from './image-index.ts';
import { HOLDS } from './paths.ts';
import type { ArchiveScan } from './scan.ts';

/** What an archive is, why, and what to say about it. */
export interface Verdict {
  kind: ArchiveKind;
  evidence: string[];
  findings: Finding[];
  /** Where an image archive's images are listed. */
  index: ImageIndex | null;
}

/**
 * Decides what an archive is once all of it was seen: an image archive's manifest usually stands at its very end,
 * and a root file system may hold files that are named like an image archive's (docs/formats.md, the traps).
 */
export function classify(scan: ArchiveScan): Verdict {
  const verdict = asImage(scan) ?? asRootfs(scan) ?? asSomethingElse(scan);
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
  inside?.findings.push(finding('wrapped', { folder: printable(folder), what: 'an image' }));
  return inside;
}

function imageAt(scan: ArchiveScan, folder: string): Verdict | null {
  const index = readIndex(scan.documents, folder);
  const [docker, oci, legacy] = [index.docker ?? [], index.oci ?? [], index.legacy ?? []];
  const evidence: string[] = [];
  if (docker.length > 0)
    evidence.push(`\`manifest.json\` lists ${docker.length === 1 ? 'an image' : `${docker.length} images`}`);
  if (oci.length > 0) evidence.push('`oci-layout` and an `index.json` whose manifest is in the archive');
  if (docker.length + oci.length === 0 && legacy.length > 0) {
    evidence.push('`repositories` and directories with `json` and `layer.tar`');
  }
  if (evidence.length === 0) return null;
  const listed = docker.length > 0 ? docker : oci.length > 0 ? oci : legacy;
  const kind = imageKind(scan, listed, docker.length > 0, oci.length > 0);
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

function imageKind(scan: ArchiveScan, listed: ListedImage[], docker: boolean, oci: boolean): ArchiveKind {
  if (scan.rootfs.initLayer.size >= 3 || scan.rootfs.hierarchy.size >= 3) return 'image/nested-in-export';
  const paths = listed.flatMap((image) => [image.config ?? '', ...image.layers.map((layer) => layer.path)]);
  if (paths.some((path) => scan.rules.paths.get(scan.documents.resolved(path)) === HOLDS.nothing))
    return 'image/incomplete';
  if (docker) return oci ? 'image/hybrid' : 'image/docker';
  return oci ? 'image/oci' : 'image/docker-v1';
}

function images(count: number, names: string[]): string {
  const which =
    names.length === 0
      ? 'without a name'
      : names
          .slice(0, 3)
          .map((name) => `\`${name}\``)
          .join(', ');
  return `${count === 1 ? 'an image' : `${count} images`}, ${which}`;
}

function asRootfs(scan: ArchiveScan): Verdict | null {
  const { initLayer, hierarchy } = scan.rootfs;
  const evidence = [`top-level directories of a root file system: ${[...hierarchy].toSorted().join(', ')}`];
  if (initLayer.has('.dockerenv') && initLayer.size >= 6) {
    const marks = [...initLayer].toSorted().join(', ');
    return {
      kind: 'rootfs/docker-export',
      evidence: [`the members Docker puts into every container: ${marks}`, ...evidence],
      findings: [],
      index: null,
    };
  }
  return hierarchy.size >= 2 ? { kind: 'rootfs/generic', evidence, findings: [], index: null } : null;
}

function asSomethingElse(scan: ArchiveScan): Verdict {
  if (scan.members === 0)
    return { kind: 'empty', evidence: ['there is no member'], findings: [finding('no-members')], index: null };
  const names = [...scan.topLevel].slice(0, 6).map(printable);
  const evidence = [`top level: ${names.join(', ')}${scan.topLevel.size > names.length ? ', …' : ''}`];
  const wrapped = asWrapped(scan);
  if (wrapped !== null) return { kind: 'plain', evidence, findings: [wrapped], index: null };
  if (scan.rootfs.elfFiles > 0) {
    const what = scan.rootfs.elfFiles === 1 ? 'an executable' : `${scan.rootfs.elfFiles} executables`;
    return { kind: 'rootfs/minimal', evidence, findings: [finding('minimal-rootfs', { what })], index: null };
  }
  const what = `its top level holds ${names.join(', ')}${scan.topLevel.size > names.length ? ' and more' : ''}`;
  return { kind: 'plain', evidence, findings: [finding('plain-archive', { what })], index: null };
}

/** The commonest mistake with `tar`: the folder was packed instead of what is in it. */
function asWrapped(scan: ArchiveScan): Finding | null {
  const [folder] = scan.topLevel;
  if (scan.topLevel.size !== 1 || folder === undefined) return null;
  const inside = ['bin', 'etc', 'lib', 'usr', 'sbin', 'var'].filter((name) => scan.insideFirst.has(name));
  return inside.length < 2 ? null : finding('wrapped', { folder: printable(folder), what: 'a root file system' });
}
