import type { Bilingual } from '../../catalogue/bilingual.ts';
import { type Finding, finding, type FindingCode } from '../../catalogue/findings.ts';
import { printable } from '../../model/bytes.ts';
import type { KeptMember } from '../kept-members.ts';
import { relevant } from './relevant.ts';
import { type Engine, ENGINES, type Refusal, TryBudget, tryLayers } from './try-layers.ts';

/**
 * A member of a layer that some engine refuses to unpack: the finding about it, the index of its layer (from 0 for the
 * lowest), and the refusals, one for each engine and storage layout.
 */
export interface Problem {
  finding: Finding;
  layer: number;
  refusals: Refusal[];
}

/**
 * Simulates how each engine unpacks the layers of an image, lowest first. Returns a problem for each member at which
 * some engine stops; empty when all engines unpack everything. Null if the simulation takes more work than `budget`
 * allows.
 */
export function problemsIn(all: readonly (readonly KeptMember[])[], budget = new TryBudget()): Problem[] | null {
  const layers = relevant(all);
  const problems = new Map<string, Refusal[]>();
  const tried = tryLayers(layers, budget);
  if (tried === null) return null;
  for (const refusal of tried) {
    const key = `${refusal.layer} ${refusal.member} ${refusal.code}`;
    problems.set(key, [...(problems.get(key) ?? []), refusal]);
  }
  return [...problems.values()].flatMap((refusals) => {
    const [{ layer, member, code } = NOTHING] = refusals;
    const failed = layers[layer]?.[member];
    return failed === undefined ? [] : [{ finding: about(failed, code, refusals), layer, refusals }];
  });
}

const NOTHING: Pick<Refusal, 'layer' | 'member' | 'code'> = { layer: -1, member: -1, code: 'no-members' };

function about(member: KeptMember, code: FindingCode, refusals: Refusal[]): Finding {
  const { name, type, linkname, attributes, offset } = member;
  return finding(name === '' && code === 'root-not-a-directory' ? 'no-name' : code, {
    member: printable(name),
    offset,
    target: printable(linkname),
    type: printable(type),
    meaning: { en: 'unknown', zh: '未知' },
    attribute: printable(attributes[0]?.key ?? ''),
    engines: enginesOf(refusals),
  });
}

/**
 * Names the engines that refuse a member, in two languages. If only some versions of an engine refuse it, the versions
 * are added. If engines refuse it only with the storage layout `vfs`, that is added, too.
 */
export function enginesOf(refusals: readonly Refusal[]): Bilingual {
  const refusing = new Set(refusals.map(({ engine }) => engine));
  const names = FAMILIES.flatMap(({ name, engines }) => spans(engines, refusing).map((span) => versionsOf(name, span)));
  if (refusing.has('containerd')) names.push({ en: 'containerd', zh: 'containerd' });
  const onlyVfs = refusals.every(({ engine, store }) => store === 'vfs' && !engine.startsWith('umoci'));
  const en = names.map((each) => each.en).join(', ') + (onlyVfs ? ' (storage driver vfs)' : '');
  return { en, zh: names.map((each) => each.zh).join('、') + (onlyVfs ? '（vfs 存储驱动）' : '') };
}

/**
 * Finds the variants that refuse a member among all variants of one engine (`engines`, the oldest first). A variant is
 * a range of versions that behave alike. Returns the refusing variants in groups: in each group, the versions follow
 * each other without a gap.
 */
function spans(engines: readonly Engine[], refusing: ReadonlySet<Engine>): Engine[][] {
  const found: Engine[][] = [];
  for (const [at, engine] of engines.entries()) {
    if (!refusing.has(engine)) continue;
    const before = engines[at - 1];
    if (before !== undefined && refusing.has(before)) found.at(-1)?.push(engine);
    else found.push([engine]);
  }
  return found;
}

function versionsOf(name: string, span: readonly Engine[]): Bilingual {
  const from = SINCE[span[0] ?? 'docker'];
  const until = UNTIL[span.at(-1) ?? 'docker'];
  if (from !== undefined && until !== undefined)
    return { en: `${name} from ${from} on, before ${until}`, zh: `${name}（从 ${from} 起，${until} 之前）` };
  if (from !== undefined) return { en: `${name} from ${from} on`, zh: `${name}（从 ${from} 起）` };
  return until === undefined
    ? { en: name, zh: name }
    : { en: `${name} before ${until}`, zh: `${name}（${until} 之前）` };
}

/**
 * The first version of each variant of an engine, such as 25.0 for `docker-old`. A variant is a range of versions that
 * behave alike. Absent for the oldest variant, and for an engine with a single variant.
 */
const SINCE: Partial<Record<Engine, string>> = {
  'docker-old': '25.0',
  docker: '29.7.2',
  podman: '6.1',
  umoci: '0.5',
};
/**
 * The version with which each variant of an engine ends, such as 29.7.2 for `docker-old`; it belongs to the next
 * variant. A variant is a range of versions that behave alike. Absent for the newest variant.
 */
const UNTIL: Partial<Record<Engine, string>> = {
  'docker-oldest': '25.0',
  'docker-old': '29.7.2',
  'podman-old': '6.1',
  'umoci-old': '0.5',
};

const FAMILIES: readonly { name: string; engines: readonly Engine[] }[] = [
  { name: 'Docker', engines: ['docker-oldest', 'docker-old', 'docker'] },
  { name: 'podman', engines: ['podman-old', 'podman'] },
  { name: 'umoci', engines: ['umoci-old', 'umoci'] },
];

/**
 * True when at least one engine refuses the member with the usual storage layout, `overlay`. False when engines refuse
 * it only with `vfs`; umoci has no other layout.
 */
export function isPlain(refusals: readonly Refusal[]): boolean {
  return ENGINES.some((engine) => refusals.some((each) => each.engine === engine && each.store === 'overlay'));
}
