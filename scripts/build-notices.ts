import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The text of the MIT licence, without the line of the copyright. */
const MIT = readFileSync(new URL('mit.txt', import.meta.url), 'utf8').trim();

/**
 * The text of the licence of zstd. The package `@bokuweb/zstd-wasm` contains compiled code of zstd, but does not
 * contain this text.
 */
const ZSTD = readFileSync(new URL('zstd-license.txt', import.meta.url), 'utf8').trim();

/**
 * The folders of packages whose WebAssembly is in Lading's web page. They are named here, because esbuild does not list
 * them.
 */
const IN_THE_PAGE = ['node_modules/@zip.js/zip.js', 'node_modules/zstddec'];

/**
 * Returns the text THIRD-PARTY-NOTICES: each package whose code is in the build, with its licence and notices.
 * `metafiles` are esbuild's lists of the modules in each built file.
 */
export function notices(...metafiles: Metafile[]): string {
  const inputs = [...metafiles.flatMap((each) => Object.keys(each.inputs)), ...IN_THE_PAGE];
  const folders = inputs.map((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]);
  const bundled = [...new Set(folders)].filter((folder) => folder !== undefined).toSorted();
  // Many packages of one author have the same text, which then stands here once.
  const byText = Map.groupBy(bundled, textOf);
  const parts = [...byText].map(([text, packages]) => `${packages.map(titleOf).join('\n')}\n\n${text}\n`);
  return `The code of Lading's package contains code of these packages.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function titleOf(folder: string): string {
  const { name, version, license = 'no licence named' } = manifestOf(folder);
  return `${name} ${version} (${license})`;
}

/**
 * The text of the licence of the package in `folder`, with its notices. For a package without a file of them, it is the
 * text of MIT, or a reference to Lading's LICENSE for Apache-2.0. Throws an Error for a package without such a file
 * under another licence.
 */
function textOf(folder: string): string {
  const files = globSync('{LICENSE,LICENCE,license,NOTICE}*', { cwd: join(ROOT, folder) }).toSorted();
  const texts = files.map((file) => readFileSync(join(ROOT, folder, file), 'utf8').trim());
  if (texts.length > 0) return texts.join('\n\n');
  const { name, license, author = 'the authors' } = manifestOf(folder);
  if (license === 'Apache-2.0') return "The text of Apache-2.0 is in Lading's LICENSE.";
  const holder = typeof author === 'string' ? author : author.name;
  const compiled = name === '@bokuweb/zstd-wasm' ? `\n\n${ZSTD}` : '';
  if (license === 'MIT') return `Copyright ${holder}\n\n${MIT}${compiled}`;
  throw new Error(`Cannot find the licence of ${folder}`);
}

interface PackageManifest {
  name: string;
  version: string;
  license?: string;
  author?: string | { name: string };
}

function manifestOf(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as PackageManifest;
}
