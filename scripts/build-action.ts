// Bundles the GitHub Action into one file, action/dist/index.mjs, which needs nothing else: node scripts/build-action.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { notices } from './build-notices.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Writes the bundle of the Action, and the licences of others in it. */
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
  await writeFile(join(ROOT, 'action/dist/THIRD-PARTY-NOTICES.txt'), notices(metafile));
}

if (import.meta.main) await buildAction();
