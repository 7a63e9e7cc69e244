// Bundles the GitHub Action into action/dist, which needs nothing else: index.mjs is the Action. The other files are the
// report that it fills, and what is loaded when layers are compressed: node scripts/build-action.ts
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PACK_THREAD, ZSTD } from './build-code.ts';
import { notices } from './build-notices.ts';
import { buildReport } from './build-web.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/**
 * Writes the built GitHub Action to `action/dist`: its JavaScript, the HTML report without data, the zstd encoder, and
 * the licences of the packages that are in it.
 */
export async function buildAction(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { index: 'action/main.ts', [PACK_THREAD]: 'node/pack-thread.ts' },
    outdir: 'action/dist',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    define: ZSTD.define,
    legalComments: 'none', // the notices have them
    // Packages in CommonJS call `require`, which a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
    metafile: true,
  });
  const report = await buildReport();
  await writeFile(join(ROOT, 'action/dist/report.html'), report.html);
  await writeFile(join(ROOT, 'action/dist', ZSTD.wasm), await ZSTD.read());
  await writeFile(join(ROOT, 'action/dist/THIRD-PARTY-NOTICES.txt'), notices(metafile, report.metafile));
}

if (import.meta.main) await buildAction();
