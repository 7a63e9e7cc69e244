// Bundles the GitHub Action into action/dist: its code as one file, and the report that it fills. It needs nothing else:
// node scripts/build-action.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { notices } from './build-notices.ts';
import { buildReport } from './build-web.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Writes the bundle of the Action, the empty report, and the licences of others in them. */
export async function buildAction(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['action/main.ts'],
    outfile: 'action/dist/index.mjs',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'none', // the notices have them
    // Packages in CommonJS call `require`, which a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
    metafile: true,
  });
  const report = await buildReport();
  await writeFile(join(ROOT, 'action/dist/report.html'), report.html);
  await writeFile(join(ROOT, 'action/dist/THIRD-PARTY-NOTICES.txt'), notices(metafile, report.metafile));
}

if (import.meta.main) await buildAction();
