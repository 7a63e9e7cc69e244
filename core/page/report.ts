import type { ArchiveManifest } from '../manifest/manifest.ts';

/** The end of the tag of the element in which a report has its archive manifest as JSON (scripts/build-web.ts). */
const PLACE = 'id="manifest">';

/**
 * Puts an archive manifest into an empty report. In the JSON, no text from the archive can end the element that it
 * stands in, because every `<` is written as an escape. Throws a RangeError for a text that is no report.
 */
export function filledReport(report: string, manifest: ArchiveManifest): string {
  const at = report.indexOf(PLACE) + PLACE.length;
  if (at < PLACE.length) throw new RangeError('the text is no empty report');
  return report.slice(0, at) + JSON.stringify(manifest).replaceAll('<', String.raw`\u003c`) + report.slice(at);
}
