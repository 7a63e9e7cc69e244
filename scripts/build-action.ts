// Bundles the GitHub Action into one file, action/dist/index.mjs, which needs nothing else: node scripts/build-action.ts
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Writes the bundle of the Action. Its text depends only on the sources and on package-lock.json. */
export async function buildAction(): Promise<void> {
  await build({
    absWorkingDir: fileURLToPath(new URL('../', import.meta.url)),
    entryPoints: ['action/main.ts'],
    outfile: 'action/dist/index.mjs',
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    legalComments: 'eof',
    // Packages in CommonJS call `require`, which a module does not have.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
}

if (import.meta.main) await buildAction();
