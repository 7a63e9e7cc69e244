import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { hasError } from '../catalogue/findings.ts';
import type { ArchiveShape, FoundImage, ImageSource, Inspection, ListShape, ShapeFault } from '../model/inspection.ts';
import type { Outcome } from './outcome.ts';

/**
 * An image that was found in an upload, and what is needed to rebuild it (`source`): the text of its config and where
 * its layers are in the upload. `source` is null when the image cannot be rebuilt, or when Lading does not know whether
 * it can.
 */
export interface JudgedImage {
  found: FoundImage;
  source: ImageSource | null;
}

/**
 * A rule that says which images a service or program does not take. It rests on documentation or on reports of users,
 * not on tests. It applies to images for which `when` returns true.
 */
export interface StatedRule {
  when(image: JudgedImage, inspection: Inspection): boolean;
  why: Bilingual;
  /**
   * The effect of the rule on an image to which it applies. `note`: the image is taken, and `why` is a remark.
   * `unknown`: it is not known whether the image is taken. Absent: the image is not taken.
   */
  effect?: 'note' | 'unknown';
}

/**
 * Makes a rule about images that a service or program does not take, from its documentation or from reports of its
 * users. The rule applies to images for which `when` returns true. `en` and `zh` say why, in English and Chinese.
 * `effect` is absent when the image is not taken, `note` when it is taken with a remark, and `unknown` when neither is
 * known.
 */
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

/** The codes of those faults of an image that keep every client from pushing it to a registry. */
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

/**
 * The rules about incomplete, damaged or otherwise faulty images. By the first rule, the service or program does not
 * take incomplete and damaged images. By the second, it is not known whether it takes images with other faults. Every
 * list of rules for a service or program that was not tested begins with these two rules.
 */
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
 * Predicts whether a service or program takes all images of an upload. If a rule says that one of the images is not
 * taken, `loads` is false. Otherwise, if a rule with unknown effect applies to one of them, `loads` is null. Otherwise
 * all images are taken, and `why` joins the remarks of the rules; it is null when there are none.
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
