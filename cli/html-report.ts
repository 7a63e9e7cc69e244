import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { filledReport } from '../core/page/report.ts';
import { once, writeWhole } from '../node/files.ts';
import { asFile } from './exit.ts';
import type { Io } from './io.ts';

/** Writes the report about an archive as one HTML file. */
export async function writeReport(file: string, manifest: ArchiveManifest, io: Io): Promise<void> {
  const page = Buffer.from(filledReport(await emptyReport(), manifest));
  await asFile(file, writeWhole(file, once(page), io.signal));
}

/** The empty report. The package has it beside its code; in a checkout it is built anew, which takes half a second. */
async function emptyReport(): Promise<string> {
  const built = new URL('report.html', import.meta.url);
  if (existsSync(built)) return await readFile(built, 'utf8');
  const script = fileURLToPath(new URL('../scripts/build-report.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: MOST_BYTES });
  return stdout;
}

/** The most bytes of an empty report. It has some 220 kB. */
const MOST_BYTES = 1_000_000;
