import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE } from '../core/catalogue/catalogue.ts';
import { writeFiles } from './write-files.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** The type declaration files (`.d.ts`) that package.json names. */
const ENTRIES = ['library/index.d.ts', 'infra/archive-converter.d.ts'];

/**
 * The text of a type declaration for the catalogue of all findings (what Lading can report about an archive). It has
 * only the codes of the findings. The compiler would write every sentence in the catalogue as a type of its own, which
 * is more than all other declarations together.
 */
const CODES = `import type { Entry } from "./entry.js";
export declare const CATALOGUE: Readonly<Record<
${Object.keys(CATALOGUE)
  .map((code) => `  | '${code}'`)
  .join('\n')},
  Entry
>>;
`;

/**
 * Writes the type declarations of the library and of the CDK construct to a folder, with all declarations that they
 * import and nothing else. Throws an Error when the compiler reports errors.
 */
export async function buildTypes(folder: string): Promise<void> {
  const whole = await mkdtemp(join(tmpdir(), 'lading-types-'));
  try {
    const { status, stdout } = spawnSync(
      join(ROOT, 'node_modules/.bin/tsc'),
      ['-p', 'tsconfig.build.json', '--outDir', whole],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    if (status !== 0) throw new Error(`Cannot make the declarations:\n${stdout}`);
    const files = new Map<string, Uint8Array>();
    for (const entry of ENTRIES) await take(entry, whole, files);
    await writeFiles(folder, files, /\.d\.ts$/);
  } finally {
    await rm(whole, { recursive: true });
  }
}

/** Adds the type declaration file `name`, a path in the folder `from`, and all that it imports, to `files`. */
async function take(name: string, from: string, files: Map<string, Uint8Array>): Promise<void> {
  if (files.has(name)) return;
  const isCatalogue = name === 'core/catalogue/catalogue.d.ts';
  // The compiler leaves the names of the sources in declarations. A reader of them looks for what stands beside `.js`.
  const text = isCatalogue
    ? CODES
    : (await readFile(join(from, name), 'utf8')).replaceAll(
        RELATIVE,
        (_, before: string, path: string) => `${before}${path}.js`,
      );
  files.set(name, Buffer.from(text));
  for (const [, , target = ''] of text.matchAll(RELATIVE))
    await take(join(dirname(name), `${target}.d.ts`), from, files);
}

/** Matches the name of a file that a declaration imports, without its ending. */
const RELATIVE = /((?:from|import\(?)\s*["'])(\.[^"']*)\.(?:ts|js)(?=["'])/g;
