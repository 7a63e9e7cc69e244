import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, transform } from 'esbuild';
import packageJson from '../package.json' with { type: 'json' };

// Builds the page: one HTML file with its style, its script, the code of its workers, and the WebAssembly that they may
// need. It must also work when it is opened from disk, where a page can load nothing beside itself.

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const { resolve } = createRequire(import.meta.url);

/**
 * Builds the web page that inspects and converts archives in a browser, as one HTML file. Also returns esbuild's
 * metafiles, which list the modules in the page.
 */
export async function buildPage(): Promise<{ html: string; metafiles: Metafile[] }> {
  const [script, worker] = await Promise.all(['web/main.tsx', 'web/worker/main.ts'].map(bundled));
  if (script === undefined || worker === undefined) throw new Error('Cannot build the page: esbuild made no code');
  const data = [
    inert('worker', worker.code),
    inert('zlib', (await zlibModule()).toString('base64')),
    inert('zstd', (await zstdModule()).toString('base64')),
  ];
  const more = { script: " 'wasm-unsafe-eval'", worker: 'worker-src blob:' };
  return { html: await page(script.code, data.join('\n'), more), metafiles: [script.metafile, worker.metafile] };
}

/**
 * Builds the HTML report about an archive as one file without data, and returns the HTML. Lading later puts the JSON
 * about the archive into its empty element `manifest`. Also returns esbuild's metafile, which lists the modules in the
 * report.
 */
export async function buildReport(): Promise<{ html: string; metafile: Metafile }> {
  const { code, metafile } = await bundled('web/report.tsx');
  return { html: await page(code, '<script type="application/json" id="manifest"></script>'), metafile };
}

/** What the content security policy of a built page allows in addition to the page's own script and style. */
interface More {
  script?: string;
  worker?: string;
}

/**
 * Returns the HTML of Lading's web page or of a report, with its script and style. `data` is HTML with the elements
 * from which the script reads its data. `more` is what the content security policy allows in addition to the script and
 * the style.
 */
async function page(script: string, data: string, more: More = {}): Promise<string> {
  const css = await readFile(join(ROOT, 'web/style.css'), 'utf8');
  const { code: style } = await transform(css, { loader: 'css', minify: true });
  const parts = { policy: policy(script, style, more), style, data, script };
  return filled(await readFile(join(ROOT, 'web/page.html'), 'utf8'), parts);
}

async function bundled(entry: string): Promise<{ code: string; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(ROOT, entry)],
    absWorkingDir: ROOT,
    bundle: true,
    format: 'iife',
    platform: 'browser',
    target: ['chrome123', 'firefox128', 'safari17.5'],
    minify: true,
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { LADING_VERSION: JSON.stringify(packageJson.version) },
    logLevel: 'error',
    metafile: true,
    write: false,
  });
  return { code: (outputFiles[0]?.text ?? '').trim(), metafile };
}

/**
 * Returns an HTML element with this `id` that carries a text, and that browsers do not run. Throws an Error for a text
 * that would end the element.
 */
function inert(id: string, text: string): string {
  if (/<\/script|<!--/i.test(text)) throw new Error(`Cannot put ${id} into the page: its text would end the element`);
  return `<script type="text/plain" id="${id}">${text}</script>`;
}

/** The WebAssembly of zlib, as bytes. */
export function zlibModule(): Promise<Buffer<ArrayBuffer>> {
  return readFile(resolve('@zip.js/zip.js/dist/zip-module.wasm'));
}

/** The WebAssembly of zstd, as bytes. Its package has them only inside its code, as base64. */
export async function zstdModule(): Promise<Buffer<ArrayBuffer>> {
  const code = await readFile(join(ROOT, 'node_modules/zstddec/dist/zstddec-stream.mjs'), 'utf8');
  const found = /const wasm = "([A-Za-z0-9+/=]+)"/.exec(code)?.[1];
  if (found === undefined) throw new Error('Cannot find the WebAssembly in zstddec: was the package changed?');
  return Buffer.from(found, 'base64');
}

/**
 * The content security policy of a page. It allows the script and the style by their hashes, and what else the page
 * needs, such as workers. It allows nothing else, above all no connection.
 */
function policy(script: string, style: string, more: More): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}${more.script ?? ''}`,
    `style-src ${hashOf(style)}`,
    ...(more.worker === undefined ? [] : [more.worker]),
    'img-src data:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * Returns a template in which each placeholder, such as `%script%`, is replaced by the text of this name in `parts`.
 * White space around a placeholder is removed, because the hash of a script must be that of its text alone. Only around
 * `%policy%`, white space is kept.
 */
function filled(template: string, parts: Record<string, string>): string {
  return template.replaceAll(/(\s*)%(\w+)%(\s*)/g, (_, before: string, name: string, after: string) => {
    const text = parts[name] ?? '';
    return name === 'policy' ? before + text + after : text;
  });
}
