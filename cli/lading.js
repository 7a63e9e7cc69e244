#!/usr/bin/env node
// The command `lading`, of the package and of a checkout. Plain JavaScript, so that an older Node can run it and say
// what is missing. In a checkout, an older Node starts the Node 24 that npm ci installed there.
import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** The oldest Node that the npm package of Lading runs on: 22.15, the first version 22 with zstd. */
const OLDEST = { major: 22, minor: 15 };
/** The oldest major version of Node that runs the TypeScript files of a git checkout without flags and warnings. */
const IN_CHECKOUT = 24;

// An `import` of it would make Node load all that its exports may need, which takes 5 ms.
const { existsSync, readFileSync } = module.createRequire(import.meta.url)('node:fs');

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
/** The folder of the files that the build makes, as URL and as path. A git checkout does not have it. */
const BUILT = { href: new URL('../dist/', import.meta.url).href, path: at('../dist/') };

if (!existsSync(at('process.ts'))) await runPackage();
else if (!existsSync(at('../node_modules/.bin/node')))
  refuse('The packages that Lading needs are not installed. Type npm ci in the folder of Lading.');
else if (major >= IN_CHECKOUT) await runSource();
else await runInOwnNode();

async function runPackage() {
  const isOld = major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor);
  if (isOld)
    refuse(`Lading needs Node ${OLDEST.major}.${OLDEST.minor} or newer; this is Node ${process.versions.node}.`);
  else {
    // Beside the package in node_modules, as other programs keep theirs. Where nobody may write, nothing is cached.
    module.enableCompileCache(at('../../.cache/lading'));
    module.registerHooks({ resolve: resolveBuilt, load: loadBuilt });
    await (await import('../dist/process.mjs')).runProcess();
  }
}

/**
 * A hook for Node's module loader that resolves the imports between files in `BUILT`, and leaves others to Node. Node's
 * own way looks at each file on the disk, which takes 8 ms.
 */
function resolveBuilt(specifier, context, next) {
  const isBuilt = context.parentURL?.startsWith(BUILT.href) && /^\.\/[^/]+\.mjs$/.test(specifier);
  if (!isBuilt) return next(specifier, context);
  return { url: BUILT.href + specifier.slice(2), format: 'module', shortCircuit: true };
}

/**
 * A hook for Node's module loader that reads a file in `BUILT` as text, and leaves others to Node. Node itself decodes
 * the bytes with a slower function, which takes 4 ms for all files together. The path is cut out of the URL as text,
 * because making a `new URL` for each file would also take 4 ms.
 */
function loadBuilt(url, context, next) {
  if (!url.startsWith(BUILT.href)) return next(url, context);
  const source = readFileSync(BUILT.path + url.slice(BUILT.href.length), 'utf8');
  return { source, format: 'module', shortCircuit: true };
}

async function runSource() {
  // Without the cache, each start removes the types from every file, which takes a quarter of a second and 30 MB.
  module.enableCompileCache(at('../node_modules/.cache/lading'));
  await (await import('./process.ts')).runProcess();
}

async function runInOwnNode() {
  const { spawn } = await import('node:child_process');
  const child = spawn(at('../node_modules/.bin/node'), [at('lading.js'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('error', () => refuse('The Node of this folder cannot be started. Type npm ci in the folder of Lading.'));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

function refuse(sentence) {
  console.error(sentence);
  process.exitCode = 4;
}
