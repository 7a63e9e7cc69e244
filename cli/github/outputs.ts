import { randomUUID } from 'node:crypto';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { printable } from '../../core/page/text.ts';

/**
 * The paths of the files that a step in GitHub Actions has written. `archive` is the image archive, which may be an
 * `s3://` URI. `manifest` is the JSON about the archive. A path is null when its file was not written.
 */
export interface StepFiles {
  archive: string | null;
  manifest: string | null;
  /** The path of the HTML report, or its `s3://` URI; null when none was written. */
  report: string | null;
}

/**
 * Returns the text that sets the outputs of a step, such as the image's name, when it is appended to GitHub's output
 * file. The values come from the JSON about an archive; an unknown value is empty. A line with a random word marks the
 * end of each value, so that a text from the archive cannot contain this line and end the value too early.
 */
export function outputs(manifest: ArchiveManifest, files: StepFiles): string {
  const made = manifest.result?.images[0];
  const found = manifest.images[0];
  const values = {
    image: made?.names[0] ?? found?.names[0] ?? '',
    'image-id': made?.imageId ?? found?.configDigest ?? '',
    'manifest-digest': (made ?? found)?.manifestDigest ?? '',
    archive: files.archive ?? '',
    outcome: manifest.outcome,
    manifest: files.manifest ?? '',
    report: files.report ?? '',
  };
  return Object.entries(values)
    .map(([name, value]) => {
      const end = randomUUID();
      return `${name}<<${end}\n${printable(value)}\n${end}\n`;
    })
    .join('');
}
