import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { hasError } from '../catalogue/findings.ts';
import type { ArchiveShape, FoundImage, ImageSource, Inspection, ListShape, ShapeFault } from '../model/inspection.ts';
import type { Outcome } from './outcome.ts';

/**
 * An image of an upload, and the source from which it can be rebuilt. `source` is null when the image cannot be
 * rebuilt, or when that is not known.
 */
export interface JudgedImage {
  found: FoundImage;
  source: ImageSource | null;
}

/**
 * A rule about images that a service or program does not take, from its documentation or from reports of its users.
 * Unlike the rules about engines, it was not tried.
 */
export interface StatedRule {
  when(image: JudgedImage, inspection: Inspection): boolean;
  why: Bilingual;
  /** `note`: the image is taken, and `why` is a remark. `unknown`: it is not known. Absent when it is not taken. */
  effect?: 'note' | 'unknown';
}

/** Makes a rule that rests on what is stated about a service or program. */
export const statedRule = (
  when: StatedRule['when'],
  en: string,
  zh: string,
  effect?: 'note' | 'unknown',
): StatedRule => ({
  when,
  why: { en, zh },
  ...(effect !== undefined && { effect }),
});

/** The faults with which no client can push an image. */
const BROKEN = new Set<ShapeFault>([
  'image-incomplete',
  'config-unreadable',
  'layer-damaged',
  'layer-empty',
  'blob-damaged',
]);

function listsOf({ docker, oci, legacy }: ArchiveShape): ListShape[] {
  return [docker, oci, legacy].filter((list) => list !== null);
}

/** The rules that come first for every service and program: those about images that are not whole, or have faults. */
export const WHOLE_IMAGE_RULES: readonly StatedRule[] = [
  statedRule(
    (_, { shape }) => shape !== null && listsOf(shape).every(({ faults }) => faults.some((each) => BROKEN.has(each))),
    'an image is incomplete or damaged',
    '某个镜像不完整或已损坏',
  ),
  statedRule(
    (_, { findings }) => hasError(findings),
    'the archive has faults (see the findings), and nobody has tried such an image there',
    '该归档有错误（见各项发现），没有人在那里试过这样的镜像',
    'unknown',
  ),
];

/**
 * The outcome for all images of an upload. A rule by which one of them is not taken decides first, then a rule whose
 * effect is unknown. Otherwise all remarks are put together.
 */
export function outcomeOfImages(rules: readonly StatedRule[], inspection: Inspection): Outcome {
  const images = inspection.images.map((found, i) => ({ found, source: inspection.sources[i] ?? null }));
  const holding = rules.filter((rule) => images.some((image) => rule.when(image, inspection)));
  const stop = holding.find(({ effect }) => effect === undefined);
  if (stop !== undefined) return { loads: false, why: stop.why };
  const unknown = holding.find(({ effect }) => effect === 'unknown');
  if (unknown !== undefined) return { loads: null, why: unknown.why };
  const en = holding.map(({ why }) => why.en).join('; ');
  const zh = holding.map(({ why }) => why.zh).join('；');
  return { loads: true, why: holding.length === 0 ? null : both(en, zh) };
}
