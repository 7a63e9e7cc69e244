import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import type { Page } from './web-page.ts';

/**
 * One script for a browser, made of code that imports files of this project. Throws when it needs a module of Node, or
 * anything else that a bundler does not find among the installed packages.
 */
export async function bundled(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'bundle',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

/**
 * The globals of the context beside those of ECMAScript and WebAssembly. What makes bytes is wrapped, because bytes of
 * this realm are no `Uint8Array` of the context.
 */
const GLOBALS = { host: { TextEncoder, TextDecoder, atob, btoa, queueMicrotask } };
const WEB = `
  globalThis.TextEncoder = class extends host.TextEncoder {
    encode(text) { return new Uint8Array(super.encode(text)); }
  };
  ({ TextDecoder: globalThis.TextDecoder, atob: globalThis.atob, btoa: globalThis.btoa } = host);
  globalThis.queueMicrotask = host.queueMicrotask;
`;

/** The page of web-page.ts, in a context that has only globals of the web. */
export async function openPage(): Promise<Page> {
  const code = await bundled("export { page } from './web-page.ts';");
  const context = createContext({ ...GLOBALS });
  runInContext(`{ const host = globalThis.host; delete globalThis.host; ${WEB} }`, context);
  runInContext(code, context);
  return runInContext('bundle.page', context) as Page;
}
