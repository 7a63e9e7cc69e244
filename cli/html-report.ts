import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { once, writeWhole } from '../node/files.ts';
import { reporter } from '../node/report.ts';
import { asFile } from './exit.ts';
import type { Io } from './io.ts';

/**
 * Writes a page about an archive, for people, as one HTML file. `manifest` is the JSON about the archive that the page
 * shows. Throws a FileError when the file cannot be written.
 */
export async function writeReport(file: string, manifest: ArchiveManifest, io: Io): Promise<void> {
  const page = await reporter()(manifest);
  await asFile(file, writeWhole(file, once(page), io.signal));
}
