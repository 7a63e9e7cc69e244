import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build as esbuild, type Plugin } from 'esbuild';

/**
 * Writes the fuzz target `name` (code that is tested, with checks), and all that it imports, into the file `outfile`.
 * The file is one CommonJS module, because the fuzzer can instrument only that. It exports the function `fuzz`.
 */
export async function bundle(name: string, outfile: string): Promise<void> {
  const contents = `import { TARGETS } from './targets.ts';
    import { readWithinBounds } from './cost.ts';
    const target = TARGETS[${JSON.stringify(name)}];
    export const fuzz = (bytes) => readWithinBounds(target, bytes);`;
  await esbuild({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    plugins: [places, untested],
    logLevel: 'error',
  });
}

/**
 * The esbuild plugin that replaces `import.meta.url` and `import.meta.dirname` with the URL and the folder of the
 * source file, as CommonJS has neither.
 */
const places: Plugin = {
  name: 'places',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const contents = code
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * The esbuild plugin that leaves packages that read no foreign bytes for Lading out of the bundle. The program loads
 * them from where they are installed. The fuzzer instruments the whole bundle before it begins, and these packages are
 * more than half of the code.
 */
const untested: Plugin = {
  name: 'untested packages',
  setup(build) {
    build.onResolve({ filter: /^(?:@aws-sdk\/|@smithy\/|ajv(?:\/|$))/ }, ({ path, importer }) => ({
      path: createRequire(importer).resolve(path),
      external: true,
    }));
  },
};
