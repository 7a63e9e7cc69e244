import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { filledReport } from '../core/page/report.ts';
import { utf8 } from '../core/model/utf8.ts';
import type { MakeReport } from '../core/service/stores.ts';

/**
 * Returns the function that makes reports, which are HTML pages about one upload each. For the first report, this
 * function reads the HTML of a report without data, and keeps it in memory.
 */
export function reporter(): MakeReport {
  let empty: string | undefined;
  return async (manifest) => utf8(filledReport((empty ??= await emptyReport()), manifest));
}

/**
 * Returns the HTML of a report without data. An installed package has this HTML in a file beside its code. In a
 * checkout of the repository it is built anew, which takes half a second.
 */
async function emptyReport(): Promise<string> {
  const built = new URL('report.html', import.meta.url);
  if (existsSync(built)) return await readFile(built, 'utf8');
  const script = fileURLToPath(new URL('../scripts/build-report.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { maxBuffer: MOST_BYTES });
  return stdout;
}

/**
 * The most bytes that the HTML of a report without data may have when it is built; beyond them, the build fails. It has
 * some 220 kB.
 */
const MOST_BYTES = 1_000_000;
