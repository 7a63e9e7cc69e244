import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { contentsRows } from '../../core/page/contents.ts';
import { shownInspection } from '../../core/page/inspection.ts';
import type { Look } from '../page-style.ts';
import { imageSection } from './conversion.ts';
import { findingsText } from './findings.ts';
import { block, page, table } from './page.ts';

/** The printed description of an archive: its kind, evidence, contents, findings, clients and next steps. */
export function inspectionPage(manifest: ArchiveManifest, next: string[], look: Look): string {
  const { words, paint } = look;
  const { name, kind, rows, images, findings, clients, shortened } = shownInspection(manifest, look);
  const sections = [
    `${words.is(paint.strong(name), kind)}\n`,
    table(rows, look),
    ...images.map((image) => imageSection(image, look)),
    ...(manifest.contents?.images ?? []).map(
      (image, index, { length }) => `${words.insideOf(index + 1, length)}\n${table(contentsRows(image, look), look)}`,
    ),
    findingsText(findings, look),
    table(clients, look),
    shortened === '' ? '' : `${shortened}\n`,
    block(words.next, next),
  ];
  return page(sections, look);
}
