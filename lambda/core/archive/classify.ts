import { printable } from '../bytes.ts';
import { type Finding, finding } from '../findings.ts';
import type { ArchiveKind } from '../inspection.ts';
import { type DockerEntry, dockerEntries, ociManifests } from './images.ts';
import { cleanPath } from './paths.ts';
import type { ArchiveScan } from './scan.ts';

/** What an archive is, why, and what to say about it. */
export interface Verdict {
  kind: ArchiveKind;
  evidence: string[];
  findings: Finding[];
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

function asImage(scan: ArchiveScan): Verdict | null {
  const entries = dockerEntries(scan.documents);
  const oci = ociManifests(scan.documents)?.filter((each) => each.manifest !== null) ?? [];
  if (entries !== null && entries.length > 0) return asDockerImage(scan, entries, oci.length > 0);
  if (oci.length > 0) {
    const names = oci.flatMap((each) => each.names);
    const evidence = ['`oci-layout` and an `index.json` whose manifest is in the archive'];
    return { kind: 'image/oci', evidence, findings: [finding('image-archive', { what: images(oci.length, names) })] };
  }
  if (scan.documents.legacyLayers > 0 && scan.documents.json('repositories') !== undefined) {
    const what = `${scan.documents.legacyLayers} layers in the format from before Docker 1.10`;
    const evidence = ['`repositories` and directories with `json` and `layer.tar`'];
    return { kind: 'image/docker-v1', evidence, findings: [finding('image-archive', { what })] };
  }
  return null;
}

function asDockerImage(scan: ArchiveScan, entries: DockerEntry[], alsoOci: boolean): Verdict {
  const evidence = [`\`manifest.json\` lists ${entries.length === 1 ? 'an image' : `${entries.length} images`}`];
  if (alsoOci) evidence.push('`oci-layout` and `index.json` describe it too');
  if (scan.rootfs.initLayer.size >= 3 || scan.rootfs.hierarchy.size >= 3) {
    evidence.push('around it lies a root file system');
    return { kind: 'image/nested-in-export', evidence, findings: [finding('image-nested')] };
  }
  const missing = entries.flatMap((entry) => [entry.config, ...entry.layers]).find((path) => !present(scan, path));
  if (missing !== undefined) {
    const detail = { document: '`manifest.json`', blob: printable(missing) };
    return { kind: 'image/incomplete', evidence, findings: [finding('image-incomplete', detail)] };
  }
  const what = images(
    entries.length,
    entries.flatMap((entry) => entry.names),
  );
  return { kind: alsoOci ? 'image/hybrid' : 'image/docker', evidence, findings: [finding('image-archive', { what })] };
}

function present(scan: ArchiveScan, path: string): boolean {
  return scan.rules.paths.get(cleanPath(Buffer.from(path).toString('latin1'))) !== 0;
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
    };
  }
  return hierarchy.size >= 2 ? { kind: 'rootfs/generic', evidence, findings: [] } : null;
}

function asSomethingElse(scan: ArchiveScan): Verdict {
  if (scan.members === 0) return { kind: 'empty', evidence: ['there is no member'], findings: [finding('no-members')] };
  const names = [...scan.topLevel].slice(0, 6).map(printable);
  const evidence = [`top level: ${names.join(', ')}${scan.topLevel.size > names.length ? ', …' : ''}`];
  const wrapped = asWrapped(scan);
  if (wrapped !== null) return { kind: 'plain', evidence, findings: [wrapped] };
  if (scan.rootfs.elfFiles > 0) {
    const what = scan.rootfs.elfFiles === 1 ? 'an executable' : `${scan.rootfs.elfFiles} executables`;
    return { kind: 'rootfs/minimal', evidence, findings: [finding('minimal-rootfs', { what })] };
  }
  const what = `its top level holds ${names.join(', ')}${scan.topLevel.size > names.length ? ' and more' : ''}`;
  return { kind: 'plain', evidence, findings: [finding('plain-archive', { what })] };
}

/** The commonest mistake with `tar`: the folder was packed instead of what is in it. */
function asWrapped(scan: ArchiveScan): Finding | null {
  const [folder] = scan.topLevel;
  if (scan.topLevel.size !== 1 || folder === undefined) return null;
  const inside = scan.insideFirst;
  const isImage = inside.has('manifest.json') || inside.has('oci-layout');
  const isRootfs = ['bin', 'etc', 'lib', 'usr', 'sbin', 'var'].filter((name) => inside.has(name)).length >= 2;
  if (!isImage && !isRootfs) return null;
  return finding('wrapped', { folder: printable(folder), what: isImage ? 'an image' : 'a root file system' });
}
