import type { ArchiveManifest } from '../manifest/manifest.ts';

/**
 * The end of the opening tag of one HTML element in a report, an HTML page about one upload. This element holds the
 * archive manifest, the JSON that says what became of the upload (scripts/build-web.ts).
 */
const PLACE = 'id="manifest">';

/**
 * Puts an archive manifest, the JSON about an upload, into the HTML of an empty report, and returns the filled report.
 * Every `<` in the JSON is written as an escape, so that no text from the archive can end the HTML element around it.
 * Throws a RangeError if `report` is not the HTML of a report.
 */
export function filledReport(report: string, manifest: ArchiveManifest): string {
  const at = report.indexOf(PLACE) + PLACE.length;
  if (at < PLACE.length) throw new RangeError('the text is no empty report');
  return report.slice(0, at) + JSON.stringify(manifest).replaceAll('<', String.raw`\u003c`) + report.slice(at);
}
