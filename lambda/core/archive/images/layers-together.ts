import type { ShapeFault } from '../../inspection.ts';
import { printable } from '../../bytes.ts';
import { type Finding, finding, quoted } from '../../findings.ts';
import { enginesOf, isPlain, type Problem, problemsIn } from '../layer/unpack/refusals.ts';
import type { Blob } from './blobs.ts';

/** The result of trying to unpack the layers of an image, one above the other. */
export interface Unpacking {
  findings: Finding[];
  faults: ShapeFault[];
}

/**
 * Tries the layers of an image, lowest first, where any of them holds what engines may fail on. Layers that are too large
 * to be tried are judged by what was seen while they went by.
 */
export function unpackTogether(layers: readonly Blob[]): Unpacking {
  const isWhole = layers.every(({ kept }) => kept.isWhole);
  const suspicious = layers.filter((layer) => layer.suspicious);
  const isAsked = suspicious.length > 0 || (isWhole && reachesBelow(layers));
  if (!isAsked) return { findings: [], faults: [] };
  const problems = isWhole ? problemsIn(layers.map(({ kept }) => kept.members ?? [])) : null;
  if (problems !== null) return said(problems, layers);
  const findings = suspicious.flatMap((blob) =>
    blob.findings.filter(({ severity }) => severity === 'error').map((each) => refused(blob, each)),
  );
  const faults = layers.flatMap((blob) => blob.findings.filter(({ severity }) => severity === 'error'));
  return { findings, faults: [...faults.map(({ code }) => code), 'layers-untried'] };
}

/** True when a layer counts on a directory that it does not have, where one below has something else. */
function reachesBelow(layers: readonly Blob[]): boolean {
  return layers.some(
    ({ kept: { implied } }, at) =>
      implied.size > 0 && layers.slice(0, at).some(({ kept: below }) => below.hasNonDirectory(implied)),
  );
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
