import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { buildReport } from './build-web.ts';
import { writeFiles } from './write-files.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The folder that the build of Lading's package writes to. */
export const BUILT = join(ROOT, 'dist');

/** The names of the Lambda functions, which are also the names of their files in `lambda/`. */
const FUNCTIONS = ['inspect', 'convert', 'fail'];

/**
 * The name of the built file that the threads for compressing layers run, without its ending. It is a file of its own,
 * because a thread starts with a file.
 */
export const PACK_THREAD = 'pack-thread';

/**
 * The WebAssembly file of the zstd encoder. `wasm` is its name in the build, and `read` reads it from the encoder's
 * package. `define` is a setting of esbuild that replaces `__dirname`, which ES modules do not have, by the folder of
 * the built file. The encoder looks for the WebAssembly file in this folder.
 */
export const ZSTD = {
  wasm: 'zstd.wasm',
  define: { __dirname: 'import.meta.dirname' },
  read: (): Promise<Buffer> => readFile(join(ROOT, 'node_modules/@bokuweb/zstd-wasm/dist/common/zstd.wasm')),
};

/** The name of the built HTML report without data. Lading puts the data about an archive into a copy of it. */
const REPORT = 'report.html';

/**
 * The entry points of the build: the name of the file in `dist/` without its ending, and its source. Code that several
 * entry points use is built only once, into files that they share.
 */
const ENTRIES = {
  process: 'cli/process.ts',
  index: 'library/index.ts',
  cdk: 'infra/archive-converter.ts',
  [PACK_THREAD]: 'node/pack-thread.ts',
  ...Object.fromEntries(FUNCTIONS.map((name) => [`function-${name}`, `lambda/${name}.ts`])),
};

/**
 * The folder with the web page of `lading serve`, which is copied to `dist/page` as it is. The server looks for it in a
 * folder beside its own file.
 */
const PAGE = join(ROOT, 'serve/http/page');
const PAGE_FILES = readdirSync(PAGE).filter((name) => !name.endsWith('.json'));

/**
 * Matches the paths of modules that get AWS credentials in ways that no Lambda function needs, because Lambda provides
 * credentials in the environment.
 */
const NOT_IN_LAMBDA =
  /node_modules\/@(?:aws-sdk\/credential-provider-(?:sso|ini|process|web-identity|http)|smithy\/credential-provider-imds)\//;

/**
 * The esbuild plugin that replaces each `import` of a module of Node by a call of `process.getBuiltinModule`. An
 * `import` of `node:fs` would make Node load all that its exports may need (streams, promises, readline). That takes 5
 * ms. The modules in `LATE` are loaded only when they are needed. The replacement does not change the line numbers, so
 * the source maps stay right. The plugin also replaces the content of package.json by an object that has only the
 * version.
 */
const builtins: Plugin = {
  name: 'builtins',
  setup(building) {
    // Of the package's own description, only the version is used. The rest would be in every bundle.
    building.onLoad({ filter: /package\.json$/ }, async ({ path }) => {
      if (path !== join(ROOT, 'package.json')) return undefined;
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
    building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      return { contents: code.replaceAll(/^import \{([^}]*)\} from ('node:[^']+');/gm, fromProcess), loader: 'ts' };
    });
  },
};

function fromProcess(_: string, names: string, module: string): string {
  if (LATE.has(module)) return lateFunctions(names, module);
  const values = names.replaceAll(/\btype \w+,?/g, '').replaceAll(/(\w+) as (\w+)/g, '$1: $2');
  return `const {${values}} = process.getBuiltinModule(${module});`;
}

/**
 * The Node modules that the built code loads only at the first call of one of their functions, because many commands
 * call none of these functions.
 */
const LATE = new Set(["'node:fs/promises'", "'node:timers/promises'", "'node:v8'", "'node:zlib'"]);

/**
 * The JavaScript that replaces an import of a Node module: it defines a function for each imported name. `names` is the
 * text between the braces of the import, such as `setTimeout as sleep`. Each defined function loads the module when it
 * is first called, and calls the function of the same name in it. Throws an Error when the module exports something
 * other than a function under an imported name, because such a value would be needed at once.
 */
function lateFunctions(names: string, module: string): string {
  const functions = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '));
  const all = process.getBuiltinModule(module.slice(1, -1)) as Record<string, unknown>;
  const lines = functions.map((imported) => {
    const [name = '', alias = name] = imported.split(' as ');
    if (typeof all[name] !== 'function')
      throw new Error(`Cannot import ${name} from ${module} late: it is no function`);
    return `const ${alias} = (...all) => (${alias}.from ??= process.getBuiltinModule(${module})).${name}(...all);`;
  });
  return lines.join(' ');
}

/**
 * Builds all code into `dist/`: JavaScript, the HTML report without data, and a list of the files of each Lambda
 * function. Source maps are written only for the Lambda functions' files with our own code. Files that have not changed
 * are not written, and each file is written in one step, so that several tests may call this at once. Returns esbuild's
 * metafiles, which list the modules in each built file.
 */
export async function buildCode(): Promise<Metafile[]> {
  const { outputFiles, metafile } = await build({
    entryPoints: ENTRIES,
    outdir: BUILT,
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.mjs' }, // Lambda takes `.js` for CommonJS, where no package.json is beside it
    platform: 'node',
    target: 'node22.15',
    mainFields: ['module', 'main'],
    external: ['aws-cdk-lib', 'constructs'],
    define: ZSTD.define,
    minify: true,
    charset: 'utf8', // Chinese sentences take half the bytes, and loading takes no longer
    sourcemap: true,
    sourcesContent: false,
    plugins: [builtins],
    logLevel: 'error',
    metafile: true,
    write: false,
  });
  const functions = functionFiles(metafile);
  const mapped = new Set(Object.values(functions).flat());
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of outputFiles) {
    const name = basename(path);
    if (mapped.has(name) && name.endsWith('.map')) files.set(name, contents);
    if (name.endsWith('.map')) continue;
    files.set(name, mapped.has(`${name}.map`) ? withRequire(contents) : withoutMap(withRequire(contents)));
  }
  files.set(ZSTD.wasm, await ZSTD.read());
  const report = await buildReport();
  files.set(REPORT, Buffer.from(report.html));
  for (const name of PAGE_FILES) files.set(`page/${name}`, await readFile(join(PAGE, name)));
  files.set('functions.json', Buffer.from(`${JSON.stringify(functions, null, 2)}\n`));
  // Files in folders stay, as the types are in one.
  await writeFiles(BUILT, files, /^[^/]*\.(?:mjs|map|wasm)$/);
  return [metafile, report.metafile];
}

/**
 * Returns the code of a built file. If esbuild could not replace all calls of `require` in it, a definition of
 * `require` is put before the code. tar-stream's stream library is CommonJS and requires `events` at run time, but an
 * ES module has no `require`.
 */
function withRequire(contents: Uint8Array): Uint8Array {
  const code = Buffer.from(contents);
  if (!code.includes('Dynamic require of')) return code;
  const line = "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url);";
  return Buffer.concat([Buffer.from(line), code]);
}

/** Returns the code of a file without the comment that names its source map. */
function withoutMap(contents: Uint8Array): Uint8Array {
  const code = Buffer.from(contents).toString();
  return Buffer.from(code.replace(/\/\/# sourceMappingURL=\S+\n?$/u, ''));
}

function isOurs(source: string): boolean {
  return !source.startsWith('node_modules/');
}

/**
 * Returns the names of the files of each Lambda function, sorted, by the name of the function. They are its entry, the
 * program of the threads that compress layers, and all files that these two import. Files that are imported dynamically
 * and match `NOT_IN_LAMBDA` are left out. Added are the source maps of our own code, the zstd encoder, and the HTML
 * report without data.
 */
function functionFiles({ outputs }: Metafile): Record<string, string[]> {
  const filesOf = (name: string): string[] => {
    const found = new Set<string>();
    const follow = (path: string): void => {
      if (found.has(path)) return;
      found.add(path);
      for (const { path: target, kind, external } of outputs[path]?.imports ?? []) {
        const isLeftOut = kind.startsWith('dynamic') && NOT_IN_LAMBDA.test(outputs[target]?.entryPoint ?? '');
        if (external !== true && !isLeftOut) follow(target);
      }
    };
    for (const entry of [`function-${name}`, PACK_THREAD]) follow(`dist/${entry}.mjs`);
    const maps = [...found].filter((path) => Object.keys(outputs[path]?.inputs ?? {}).some(isOurs));
    const code = [...found, ...maps.map((path) => `${path}.map`)].map((path) => basename(path));
    return [...code, ZSTD.wasm, REPORT].toSorted();
  };
  return Object.fromEntries(FUNCTIONS.map((name) => [name, filesOf(name)]));
}
