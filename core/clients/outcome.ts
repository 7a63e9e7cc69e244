import type { Bilingual } from '../catalogue/bilingual.ts';
import type { Reader, Rule, Seen } from './rule.ts';

/** What comes of reading an archive in one way. */
export interface Outcome {
  /** Null when it is not known. */
  loads: boolean | null;
  /** The first version that loads it. */
  since?: string;
  /** The first version that no longer loads it. */
  before?: string;
  why: Bilingual | null;
}

/** The outcome by the rules that hold, in their order: the first that stops every version is told, else what limits the versions. */
export function outcomeOf(rules: readonly Rule[], reader: Reader, seen: Seen): Outcome {
  const holding = rules.filter((rule) => rule.readers.includes(reader) && rule.when(seen));
  const stopping = holding.filter((rule) => rule.effect === undefined);
  const stop = stopping.find((rule) => rule.until === undefined && rule.from === undefined);
  if (stop !== undefined) return { loads: false, why: stop.why };
  const unknown = holding.find((rule) => rule.effect === 'unknown');
  if (unknown !== undefined) return { loads: null, why: unknown.why };
  return withinVersions(stopping) ?? { loads: true, why: holding[0]?.why ?? null };
}

/** The latest versions that no rule stops; of two stretches of versions the later one is told. */
function withinVersions(stopping: readonly Rule[]): Outcome | null {
  const stretches = stoppedVersions(stopping);
  const last = stretches.at(-1);
  if (last === undefined) return null;
  const late = last.until === undefined ? last : undefined;
  const early = late === undefined ? last : stretches.at(-2);
  const [since, before] = [early?.until, late?.from];
  const why = bothWhy(early?.why, late?.why);
  if (since === undefined && before === undefined) return { loads: false, why };
  return { loads: true, ...(since !== undefined && { since }), ...(before !== undefined && { before }), why };
}

/** A stretch of versions: from `from` on, but no more in `until`. */
interface Stretch {
  from?: string;
  until?: string;
  why: Bilingual;
}

/** The versions that rules stop, in stretches with gaps between them. */
function stoppedVersions(rules: readonly Rule[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { from, until, why } of rules.toSorted(byFirst)) {
    const last = stretches.at(-1);
    const follows = last !== undefined && (last.until === undefined || compareVersions(from ?? '', last.until) <= 0);
    if (!follows) stretches.push({ why, ...(from !== undefined && { from }), ...(until !== undefined && { until }) });
    else if (last.until !== undefined && (until === undefined || compareVersions(until, last.until) > 0)) {
      last.why = bothWhy(last.why, why) ?? why;
      if (until === undefined) delete last.until;
      else last.until = until;
    }
  }
  return stretches;
}

/** The earlier first; of those that begin together the longer one. */
function byFirst(one: Rule, two: Rule): number {
  const order = compareVersions(one.from ?? '', two.from ?? '');
  if (order !== 0 || one.until === two.until) return order;
  if (one.until === undefined || two.until === undefined) return one.until === undefined ? -1 : 1;
  return compareVersions(two.until, one.until);
}

function bothWhy(one: Bilingual | undefined, two: Bilingual | undefined): Bilingual | null {
  if (one === undefined || two === undefined) return one ?? two ?? null;
  return one.en === two.en ? one : { en: `${one.en}; ${two.en}`, zh: `${one.zh}；${two.zh}` };
}

/** The best of several ways that a client tries one after the other: one that works in every version beats the others. */
export function bestOf(outcomes: readonly Outcome[]): Outcome | undefined {
  const rank = ({ loads, since, before }: Outcome): number => {
    if (loads !== true) return loads === null ? 2 : 3;
    return since === undefined && before === undefined ? 0 : 1;
  };
  return outcomes.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Negative when the first version is the earlier one, positive when it is the later one; `28` is `28.0.0`, and what Debian adds does not count. */
export function compareVersions(one: string, two: string): number {
  const [a, b] = [one, two].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
