import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { once, writeWhole } from '../node/files.ts';
import { reporter } from '../node/report.ts';
import { asFile } from './exit.ts';
import type { Io } from './io.ts';

/**
 * Writes the report for people about an archive as one HTML file. `manifest` is the JSON that it shows. Throws a
 * FileError.
 */
export async function writeReport(file: string, manifest: ArchiveManifest, io: Io): Promise<void> {
  const page = await reporter()(manifest);
  await asFile(file, writeWhole(file, once(page), io.signal));
}
