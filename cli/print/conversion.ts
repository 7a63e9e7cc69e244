import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { shownConversion } from '../../core/page/conversion.ts';
import type { ShownImage } from '../../core/page/inspection.ts';
import type { PageStyle } from '../page-style.ts';
import { findingsText } from './findings.ts';
import { layerTable } from './layers.ts';
import { block, page, table } from './page.ts';

/**
 * The text that is printed about a conversion: its result, which faults were repaired, and how to load the image; or
 * why there is no result. `next` are commands to suggest. `isGated` is true when `--fail-on` has stopped the
 * conversion. Then the text suggests no next command.
 */
export function conversionPage(manifest: ArchiveManifest, next: string[], style: PageStyle, isGated = false): string {
  const { result } = manifest;
  const inFile = result !== null && result.key !== '-';
  const { title, rows, images, findings, shortened } = shownConversion(manifest, style, isGated);
  const [only] = images;
  const alone = only?.title === '' ? layerTable(only.layers, style) : '';
  const sections = [
    `${title}\n`,
    table(rows, style) + alone,
    ...images.filter((each) => each.title !== '').map((each) => imageSection(each, style)),
    findingsText(findings, style),
    shortened === '' ? '' : `${shortened}\n`,
    inFile ? block(style.words.loadIt, manifest.load) : '',
    result === null && !isGated ? block(style.words.next, next) : '',
  ];
  return page(sections, style);
}

/** The lines of a printed description about one image: a title, facts such as its platform, and a table of layers. */
export function imageSection({ title, rows, layers }: ShownImage, style: PageStyle): string {
  return `${title}\n${table(rows, style)}${layerTable(layers, style)}`;
}
