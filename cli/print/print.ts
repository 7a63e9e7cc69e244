import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { contentsRows } from '../../core/page/contents.ts';
import { shownInspection } from '../../core/page/inspection.ts';
import type { PageStyle } from '../page-style.ts';
import { imageSection } from './conversion.ts';
import { findingsText } from './findings.ts';
import { block, page, table } from './page.ts';

/**
 * The text that is printed about an archive: its kind, the evidence for that kind, its images and files, the findings,
 * the clients that load it, and the commands that the user can type next.
 */
export function inspectionPage(manifest: ArchiveManifest, next: string[], style: PageStyle): string {
  const { words, paint } = style;
  const { name, kind, rows, images, findings, clients, shortened } = shownInspection(manifest, style);
  const sections = [
    `${words.is(paint.strong(name), kind)}\n`,
    table(rows, style),
    ...images.map((image) => imageSection(image, style)),
    ...(manifest.contents?.images ?? []).map(
      (image, index, { length }) => `${words.insideOf(index + 1, length)}\n${table(contentsRows(image, style), style)}`,
    ),
    findingsText(findings, style),
    table(clients, style),
    shortened === '' ? '' : `${shortened}\n`,
    block(words.next, next),
  ];
  return page(sections, style);
}
