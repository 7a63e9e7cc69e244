import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { chromium as playwright } from 'playwright-core';
import puppeteer from 'puppeteer-core';

// The browsers of Debian, driven by what drives them: Chromium by playwright-core, Firefox by puppeteer-core, which
// playwright-core cannot drive. A tab offers what the tests need of both.

/** A tab of a browser with one page in it. */
export interface Tab {
  /** The addresses of all requests that the page has made. */
  readonly requests: string[];
  /** The messages of errors in the page. */
  readonly errors: string[];
  goto(address: string): Promise<void>;
  /** Chooses a file in a file field. */
  choose(selector: string, path: string): Promise<void>;
  /** Waits until an element is there. */
  wait(selector: string, milliseconds?: number): Promise<void>;
  /** Runs code in the page and returns its value. */
  evaluate<T>(code: string): Promise<T>;
  press(key: string): Promise<void>;
  type(text: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** The bytes of the file that the page saves while `steps` run. */
  saved(steps: () => Promise<void>): Promise<Buffer>;
  resize(width: number, height: number): Promise<void>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

/** The options of a tab: a language of the browser, dark colours, and code that runs before the page's own. */
export interface TabOptions {
  locale?: string;
  dark?: boolean;
  before?: string;
}

/** Starts a browser, and returns its tabs. */
type Start = (options?: TabOptions) => Promise<Tab>;

/** The names of the browsers, with their programs. */
const PROGRAMS = { chromium: '/usr/bin/chromium', firefox: '/usr/bin/firefox-esr' };

export type BrowserName = keyof typeof PROGRAMS;

/** The reason why tests with a browser are skipped; false when it is there, or when it must be. */
export function missing(name: BrowserName): string | false {
  if (existsSync(PROGRAMS[name]) || process.env['LADING_ENGINES'] === 'required') return false;
  return `${PROGRAMS[name]} is not installed`;
}

/** The longest time, in milliseconds, that a test waits for a page. Tests with 30 seconds failed on a slow machine. */
const PATIENCE_MS = 120_000;

export const BROWSERS: Record<BrowserName, Start> = { chromium: startChromium, firefox: startFirefox };

async function startChromium({ locale = 'en-US', dark = false, before }: TabOptions = {}): Promise<Tab> {
  // Chromium's sandbox does not run as root, which is what a test machine has.
  const browser = await playwright.launch({ executablePath: PROGRAMS.chromium, args: ['--no-sandbox'] });
  const page = await browser.newPage({ locale, colorScheme: dark ? 'dark' : 'light' });
  if (before !== undefined) await page.addInitScript(before);
  const { seen, request, error, message } = recorder();
  page.on('request', request).on('pageerror', error).on('console', message);
  return {
    ...seen,
    goto: async (address) => void (await page.goto(address)),
    choose: (selector, path) => page.setInputFiles(selector, path),
    wait: async (selector, timeout = PATIENCE_MS) =>
      void (await page.waitForSelector(selector, { timeout, state: 'attached' })),
    evaluate: (code) => page.evaluate(code),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    click: (selector) => page.click(selector),
    async saved(steps) {
      const [download] = await Promise.all([page.waitForEvent('download', { timeout: PATIENCE_MS }), steps()]);
      return await readFile(await download.path());
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    screenshot: async (path) => void (await page.screenshot({ path, fullPage: true })),
    close: () => browser.close(),
  };
}

async function startFirefox({ locale = 'en-US', dark = false, before }: TabOptions = {}): Promise<Tab> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-firefox-'));
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: PROGRAMS.firefox,
    headless: true,
    extraPrefsFirefox: {
      'browser.download.folderList': 2,
      'browser.download.dir': folder,
      'browser.helperApps.neverAsk.saveToDisk': 'application/x-tar,application/octet-stream',
      'intl.accept_languages': locale,
      'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
    },
  });
  const page = await browser.newPage();
  if (before !== undefined) await page.evaluateOnNewDocument(before);
  const { seen, request, error, message } = recorder();
  page.on('request', request).on('pageerror', error).on('console', message);
  return {
    ...seen,
    goto: async (address) => void (await page.goto(address)),
    async choose(selector, path) {
      const field = await page.$(`input${selector}`);
      await field?.uploadFile(path);
    },
    wait: async (selector, timeout = PATIENCE_MS) => void (await page.waitForSelector(selector, { timeout })),
    evaluate: (code) => page.evaluate(code) as Promise<never>,
    press: (key) => page.keyboard.press(key as 'Enter'),
    type: (text) => page.keyboard.type(text),
    click: (selector) => page.click(selector),
    saved: (steps) => savedIn(folder, steps),
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: async (path) => void (await page.screenshot({ path, fullPage: true })),
    async close() {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Records the requests and the errors of a page. Each driver has events of its own types, so it registers the takers. */
function recorder() {
  const requests: string[] = [];
  const errors: string[] = [];
  return {
    seen: { requests, errors },
    request: (request: { url(): string }): void => void requests.push(request.url()),
    error: (error: unknown): void => void errors.push(String(error)),
    message: (message: { type(): string; text(): string }): void => {
      if (message.type() === 'error') errors.push(message.text());
    },
  };
}

/**
 * The bytes of the file that comes into a folder while `steps` run. Firefox begins with an empty file of that name, and
 * has a second file there until it is done.
 */
async function savedIn(folder: string, steps: () => Promise<void>): Promise<Buffer> {
  await steps();
  const late = performance.now() + PATIENCE_MS;
  while (performance.now() < late) {
    const [name, ...others] = await readdir(folder);
    if (name !== undefined && others.length === 0 && !name.endsWith('.part')) {
      const bytes = await readFile(join(folder, name));
      if (bytes.length > 0) {
        await rm(join(folder, name));
        return bytes;
      }
    }
    await setTimeout(50);
  }
  throw new Error('The page has saved no file');
}
