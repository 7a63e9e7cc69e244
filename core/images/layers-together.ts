import { type Finding, finding, quoted } from '../catalogue/findings.ts';
import { enginesOf, isPlain, type Problem, problemsIn } from '../layer/unpack/refusals.ts';
import { TryBudget } from '../layer/unpack/try-layers.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import type { ShapeFault } from '../model/inspection.ts';
import type { ArchiveBlob } from './blob.ts';

/**
 * What fails when engines unpack the layers of an image on top of each other: findings for the user, and codes of
 * faults. The result comes from a simulation. Both lists are empty when nothing fails.
 */
export interface Unpacking {
  findings: Finding[];
  faults: ShapeFault[];
}

/**
 * Simulates in memory how engines unpack the layers of images, on top of each other. Images with the same layers are
 * simulated once.
 */
export class UnpackTries {
  readonly #known = new Map<string, Unpacking>();
  #left: number = LIMITS.triedTogether;
  readonly #budget = new TryBudget();

  /**
   * Simulates how engines unpack the layers of an image, given from the lowest up. Returns findings and fault codes for
   * what fails; both lists are empty when nothing does. If no engine can fail on the layers, nothing is simulated. When
   * there is too much to simulate, returns the errors that were found in each layer alone, and the code
   * `layers-untried`.
   */
  of(layers: readonly ArchiveBlob[]): Unpacking {
    const key = layers.map(({ start }) => start).join();
    const known = this.#known.get(key) ?? this.#try(layers);
    this.#known.set(key, known);
    return known;
  }

  #try(layers: readonly ArchiveBlob[]): Unpacking {
    const suspicious = [...new Set(layers)].filter((layer) => layer.suspicious);
    const isWhole = layers.every(({ kept }) => kept.isWhole) && this.#affords(layers);
    const isAsked = suspicious.length > 0 || (isWhole && reachesBelow(layers));
    if (!isAsked) return { findings: [], faults: [] };
    const problems = isWhole
      ? problemsIn(
          layers.map(({ kept }) => kept.members ?? []),
          this.#budget,
        )
      : null;
    if (problems !== null) return said(problems, layers);
    const faults = [...new Set(layers)].flatMap(errorsIn);
    return {
      findings: suspicious.flatMap((blob) => errorsIn(blob).map((each) => refused(blob, each))),
      faults: [...faults.map(({ code }) => code), 'layers-untried'],
    };
  }

  /**
   * True when the simulation of an image stays within `LIMITS.triedTogether` (members) and `LIMITS.triedEffort` (units
   * of work), which hold for all images together. Subtracts from the first what the layers have of members, and of
   * directories without a member. Subtracts from the second the bytes of names and link targets. Layers that need no
   * simulation are always allowed, and nothing is subtracted for them.
   */
  #affords(layers: readonly ArchiveBlob[]): boolean {
    if (!layers.some(({ suspicious, kept }) => suspicious || kept.implied.size > 0)) return true;
    for (const { kept } of layers) {
      this.#left -= kept.count + kept.implied.size;
      this.#budget.effort.left -= kept.bytes;
    }
    return this.#left >= 0 && this.#budget.effort.left >= 0;
  }
}

function errorsIn({ findings }: ArchiveBlob): Finding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

/**
 * True when a layer has members in a directory, but none for the directory itself, and a lower layer has something else
 * than a directory at that path. Engines may then fail, although no layer alone has a fault.
 */
function reachesBelow(layers: readonly ArchiveBlob[]): boolean {
  /**
   * The directories for which some layer has no member of its own, but members inside (`a` for the file `a/b`). The
   * value is the index, from 0 for the lowest, of the highest such layer.
   */
  const wanted = new Map<string, number>();
  const last = new Map(layers.map((layer, at) => [layer, at]));
  for (const [{ kept }, at] of last)
    for (const path of kept.implied) wanted.set(path, Math.max(at, wanted.get(path) ?? -1));
  if (wanted.size === 0) return false;
  const seen = new Set<ArchiveBlob>();
  return layers.some((layer, at) => {
    if (seen.size === seen.add(layer).size) return false;
    return layer.kept.hasNonDirectory((path) => (wanted.get(path) ?? -1) > at);
  });
}

function said(problems: Problem[], layers: readonly ArchiveBlob[]): Unpacking {
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

function refused({ path, start }: ArchiveBlob, problem: Finding): Finding {
  return finding('layer-refused', { member: printable(path), offset: start, problem: quoted(problem) });
}
