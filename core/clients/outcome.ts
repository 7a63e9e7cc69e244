import type { Bilingual } from '../catalogue/bilingual.ts';
import type { Reader, Rule, Seen } from './rule.ts';

/**
 * The prediction for one client, such as podman, and one format that the client reads (Docker or OCI). It says whether
 * the client loads an archive, which versions of the client load it, and why others do not.
 */
export interface Outcome {
  /** True when some version of the client loads the archive, false when none does; null when that is not known. */
  loads: boolean | null;
  /** The first version of the client that loads the archive; absent when the earliest versions load it too. */
  since?: string;
  /** The first version of the client that no longer loads the archive; absent when the newest version still does. */
  before?: string;
  why: Bilingual | null;
}

/**
 * Predicts whether a client loads an archive in one of the formats that it reads (Docker or OCI). `reader` is the
 * client and the format, and `seen` has the facts about the archive. Three kinds of rules are tried in this order:
 * rules by which no version loads the archive, rules whose effect is not known, and rules by which some versions do not
 * load it. The first kind with a rule that applies to the archive gives the result. If there is no such rule, the
 * client loads the archive. The reason is then a remark, or null.
 */
export function outcomeOf(rules: readonly Rule[], reader: Reader, seen: Seen): Outcome {
  const holding = rules.filter((rule) => rule.readers.includes(reader) && rule.when(seen));
  const stopping = holding.filter((rule) => rule.effect === undefined);
  const stop = stopping.find((rule) => rule.until === undefined && rule.from === undefined);
  if (stop !== undefined) return { loads: false, why: stop.why };
  const unknown = holding.find((rule) => rule.effect === 'unknown');
  if (unknown !== undefined) return { loads: null, why: unknown.why };
  return withinVersions(stopping) ?? { loads: true, why: holding[0]?.why ?? null };
}

/**
 * Predicts which versions of a client load an archive. Each rule in `stopping` names versions that do not load it. The
 * result is the newest range of versions that remains; its `loads` is false when none remains. Returns null when there
 * are no rules.
 */
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

/**
 * A range of client versions that cannot load an archive. `from` is the first version in the range, absent when it
 * begins with the earliest. `until` is the first version after the range, absent when there is none.
 */
interface Stretch {
  from?: string;
  until?: string;
  why: Bilingual;
}

/**
 * Turns rules into the ranges of client versions that cannot load an archive by these rules, the earliest range first.
 * Ranges that overlap or touch are joined into one.
 */
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

/**
 * Compares two rules for sorting by `from`, the first client version that cannot load an archive. If it is the same,
 * the rule that covers more versions comes first. The result is negative when `one` comes first, positive when `two`
 * does, and 0 when both cover the same versions.
 */
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

/**
 * Returns the best of several predictions for one client; undefined when there are none. It is best when all versions
 * of the client load the archive, then when some versions do, then when it is not known. It is worst when no version
 * loads the archive.
 */
export function bestOf(outcomes: readonly Outcome[]): Outcome | undefined {
  const rank = ({ loads, since, before }: Outcome): number => {
    if (loads !== true) return loads === null ? 2 : 3;
    return since === undefined && before === undefined ? 0 : 1;
  };
  return outcomes.toSorted((a, b) => rank(a) - rank(b))[0];
}

/**
 * Compares two versions: negative when `one` is earlier than `two`, positive when it is later, 0 when they are equal.
 * `28` is treated as `28.0.0`, and the suffix of Debian's versions is ignored.
 */
export function compareVersions(one: string, two: string): number {
  const [a, b] = [one, two].map((version) => version.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < Math.max(a?.length ?? 0, b?.length ?? 0); i++) {
    const difference = (a?.[i] ?? 0) - (b?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
