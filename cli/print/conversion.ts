import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { shownConversion } from '../../core/page/conversion.ts';
import type { ShownImage } from '../../core/page/inspection.ts';
import type { Look } from '../page-style.ts';
import { findingsText } from './findings.ts';
import { layerTable } from './layers.ts';
import { block, page, table } from './page.ts';

/** The printed description of a conversion: the result, what was mended, how to load the image; or why it failed. */
export function conversionPage(manifest: ArchiveManifest, next: string[], look: Look): string {
  const { result } = manifest;
  const inFile = result !== null && result.key !== '-';
  const { title, rows, images, findings, shortened } = shownConversion(manifest, look);
  const [only] = images;
  const alone = only?.title === '' ? layerTable(only.layers, look) : '';
  const sections = [
    `${title}\n`,
    table(rows, look) + alone,
    ...images.filter((each) => each.title !== '').map((each) => imageSection(each, look)),
    findingsText(findings, look),
    shortened === '' ? '' : `${shortened}\n`,
    inFile ? block(look.words.loadIt, manifest.load) : '',
    result === null ? block(look.words.next, next) : '',
  ];
  return page(sections, look);
}

/** The printed part about one image of several. */
export function imageSection({ title, rows, layers }: ShownImage, look: Look): string {
  return `${title}\n${table(rows, look)}${layerTable(layers, look)}`;
}
