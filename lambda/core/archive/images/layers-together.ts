import type { ShapeFault } from '../../inspection.ts';
import { printable } from '../../bytes.ts';
import { type Finding, finding, quoted } from '../../findings.ts';
import type { KeptMember } from '../layer/kept-members.ts';
import { enginesOf, isPlain, type Problem, problemsIn } from '../layer/unpack/refusals.ts';
import { cleanPath } from '../tar/paths.ts';
import type { Blob } from './blobs.ts';

/** What becomes of the layers of an image when engines unpack them, one above the other. */
export interface Unpacking {
  findings: Finding[];
  faults: ShapeFault[];
}

/**
 * Tries the layers of an image, lowest first, where any of them holds what engines may fail on. Layers that are too large
 * to be tried are judged by what was seen while they went by.
 */
export function unpackTogether(layers: readonly Blob[]): Unpacking {
  const kept = layers.map(({ kept: { members } }) => members);
  const sound = kept.filter((members) => members !== null);
  const suspicious = layers.filter((layer) => layer.suspicious);
  const isAsked = suspicious.length > 0 || (sound.length === kept.length && reachesBelow(layers));
  if (!isAsked) return { findings: [], faults: [] };
  const problems = sound.length === kept.length ? problemsIn(sound) : null;
  if (problems !== null) return said(problems, layers);
  const findings = suspicious.flatMap((blob) =>
    blob.findings.filter(({ severity }) => severity === 'error').map((each) => refused(blob, each)),
  );
  const faults = layers.flatMap((blob) => blob.findings.filter(({ severity }) => severity === 'error'));
  return { findings, faults: [...faults.map(({ code }) => code), 'layers-untried'] };
}

/** True when a layer counts on a directory that it does not have, where one below has something else. */
function reachesBelow(layers: readonly Blob[]): boolean {
  const below: (readonly KeptMember[])[] = [];
  for (const { kept } of layers) {
    if (kept.implied.size > 0 && below.some((members) => members.some((each) => stands(each, kept.implied))))
      return true;
    below.push(kept.members ?? []);
  }
  return false;
}

function stands({ name, type }: KeptMember, implied: ReadonlySet<string>): boolean {
  return type !== '5' && implied.has(cleanPath(name));
}

function said(problems: Problem[], layers: readonly Blob[]): Unpacking {
  return {
    findings: problems.flatMap(({ finding: problem, layer, refusals }) => {
      const blob = layers[layer];
      if (blob === undefined) return [];
      if (problem.severity === 'error' && isPlain(refusals)) return [refused(blob, problem)];
      const detail = { member: printable(blob.path), offset: blob.start, problem: quoted(problem) };
      return [finding('layer-refused-by-some', { ...detail, engines: enginesOf(refusals) })];
    }),
    faults: problems.flatMap(({ refusals }) =>
      refusals.map(({ engine, store, code }): ShapeFault => `${engine}/${store}/${code}`),
    ),
  };
}

function refused({ path, start }: Blob, problem: Finding): Finding {
  return finding('layer-refused', { member: printable(path), offset: start, problem: quoted(problem) });
}
