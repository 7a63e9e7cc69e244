import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildPage } from '../../scripts/build-web.ts';
import { LADING } from '../cli/kit.ts';
import type { Tab } from './browsers.ts';

/** A folder with the page as a file, and with the archives of a test. */
export interface Desk {
  folder: string;
  /** The address of the page on disk. */
  page: string;
  put(name: string, bytes: Uint8Array): Promise<string>;
  /** The output of the command line, run in the folder. */
  lading(...args: string[]): Promise<string>;
  clear(): Promise<void>;
}

const run = promisify(execFile);

export async function newDesk(): Promise<Desk> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-web-'));
  const page = join(folder, 'page.html');
  const put = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  await put('page.html', Buffer.from((await buildPage()).html));
  return {
    folder,
    page: pathToFileURL(page).href,
    put,
    async lading(...args) {
      const env = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };
      const done = run(process.execPath, [LADING, ...args], { cwd: folder, env });
      // A refused archive has an exit code, and its description on one of the two streams.
      const { stdout, stderr } = await done.catch((error: { stdout: string; stderr: string }) => error);
      return stdout + stderr;
    },
    clear: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A text without spaces and line ends, and without the bars that a terminal shows beside layers. */
export function words(text: string): string {
  return text.replaceAll(/[\s▏▎▍▌▋▊▉█]+/g, '');
}

/** Opens an archive in the page, and returns the words of its description. */
export async function opened(tab: Tab, path: string): Promise<string> {
  await tab.choose('#archive', path);
  await tab.wait('.result');
  return words(await textOf(tab, '.inspection'));
}

export function textOf(tab: Tab, selector: string): Promise<string> {
  return tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).textContent`);
}

/** Types into a field, as a user does. */
export async function fill(tab: Tab, selector: string, text: string): Promise<void> {
  await tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
  await tab.type(text);
}
