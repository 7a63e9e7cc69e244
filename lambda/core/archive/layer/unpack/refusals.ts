import type { Bilingual } from '../../../bilingual.ts';
import { printable } from '../../../bytes.ts';
import { type Finding, finding, type FindingCode } from '../../../findings.ts';
import type { KeptMember } from '../kept-members.ts';
import { relevant } from './relevant.ts';
import { type Engine, ENGINES, type Refusal, tryLayers } from './trial.ts';

/** What engines refuse in the layers of an image, and what is to be said of it. */
export interface Problem {
  finding: Finding;
  layer: number;
  refusals: Refusal[];
}

/** Lets every engine unpack some layers, lowest first; one problem for each member that any fails on, null where nobody knows. */
export function problemsIn(all: readonly (readonly KeptMember[])[]): Problem[] | null {
  const layers = relevant(all);
  const problems = new Map<string, Refusal[]>();
  const tried = tryLayers(layers);
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

/** Names of the engines, and of their versions where they differ. */
export function enginesOf(refusals: readonly Refusal[]): Bilingual {
  const refusing = new Set(refusals.map(({ engine }) => engine));
  const names = FAMILIES.flatMap(({ name, old, current }) => {
    if (refusing.has(old) && refusing.has(current)) return [{ en: name, zh: name }];
    if (refusing.has(old)) return [{ en: `${name} before ${CHANGED[old]}`, zh: `${name}（${CHANGED[old]} 之前）` }];
    if (refusing.has(current))
      return [{ en: `${name} from ${CHANGED[old]} on`, zh: `${name}（从 ${CHANGED[old]} 起）` }];
    return [];
  });
  if (refusing.has('containerd')) names.push({ en: 'containerd', zh: 'containerd' });
  const onlyVfs = refusals.every(({ engine, store }) => store === 'vfs' && !engine.startsWith('umoci'));
  const en = names.map((each) => each.en).join(', ') + (onlyVfs ? ' (storage driver vfs)' : '');
  return { en, zh: names.map((each) => each.zh).join('、') + (onlyVfs ? '（vfs 存储驱动）' : '') };
}

/** The first version that unpacks by the newer rules. */
export const CHANGED: Partial<Record<Engine, string>> = {
  'docker-old': '29.7.2',
  'podman-old': '6.1',
  'umoci-old': '0.5',
};

const FAMILIES: readonly { name: string; old: Engine; current: Engine }[] = [
  { name: 'Docker', old: 'docker-old', current: 'docker' },
  { name: 'podman', old: 'podman-old', current: 'podman' },
  { name: 'umoci', old: 'umoci-old', current: 'umoci' },
];

/** True where an engine refuses whatever its storage driver, in any version: nobody should have to try. */
export function isPlain(refusals: readonly Refusal[]): boolean {
  return ENGINES.some((engine) => refusals.some((each) => each.engine === engine && each.store === 'overlay'));
}
