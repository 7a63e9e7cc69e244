import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as forward, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { exported, folder, run, start } from '../cli/kit.ts';
import { listen, shut } from '../support/loopback.ts';
import { missing } from './browsers.ts';

/** The source of axe, which finds what keeps people with disabilities from using a page. */
const AXE = readFileSync(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');

/** Where the pictures of the page go; null when none are wanted. They are kept in `docs/`. */
const PICTURES = process.env['LADING_PICTURES'] ?? null;

describe('the page of lading serve, in Chromium', { skip: missing('chromium') }, () => {
  let browser: Browser;
  before(async () => {
    // The sandbox does not run as root, which is what a test machine has.
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  });
  after(async () => await browser.close());

  /** A running service, the address of its page, and a tab with it. */
  const given = async (
    t: TestContext,
    {
      through = async (base) => base,
      locale = 'en-US',
      isBypassed = false,
      flags = [],
    }: { through?: (base: string) => Promise<string>; locale?: string; isBypassed?: boolean; flags?: string[] } = {},
  ) => {
    const path = await folder(t);
    const [up, down] = [join(path, 'up'), join(path, 'down')];
    await mkdir(up);
    const child = start(t, ['serve', up, down, '--http', '127.0.0.1:0', ...flags]);
    let said = '';
    child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
    while (!/ on http:\S+\n/.test(said)) await sleep(20);
    const base = await through(/http:\S+/.exec(said)?.[0] ?? '');
    const context = await browser.newContext({ locale, bypassCSP: isBypassed });
    t.after(async () => await context.close());
    const page = await context.newPage();
    const errors: string[] = [];
    const hosts = new Set<string>();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => hosts.add(new URL(request.url()).origin));
    await page.goto(base);
    if (flags.length === 0) await page.waitForSelector('#options input', { state: 'attached' });
    return { path, up, down, base, page, errors, hosts };
  };

  const rowOf = (page: Page, key: string) => page.locator(`#rows li[data-key="${key}"]`);

  test('a file that is chosen, with its options, becomes the image of the command line, by keyboard alone', async (t) => {
    const { path, page, errors, hosts, base } = await given(t);
    const bytes = await exported(2_000_000);
    await writeFile(join(path, 'app.tar'), bytes);
    await page.locator('#file').setInputFiles(join(path, 'app.tar'));
    await page.locator('#key').focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('team/app.tar');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.type('app:1');
    await page.locator('#option-change').fill('USER web\nCMD ["/bin/sh"]');
    await page.locator('#new button[type=submit]').press('Enter');
    const row = rowOf(page, 'team/app.tar');
    await row.locator('a').first().waitFor();
    assert.equal(await row.getAttribute('data-state'), 'converted');
    const saving = page.waitForEvent('download');
    await row.locator('a').first().press('Enter');
    const image = await readFile(await (await saving).path());
    const flags = ['-t', 'app:1', '-c', 'USER web', '-c', 'CMD ["/bin/sh"]'];
    const converted = await run(['convert', join(path, 'app.tar'), ...flags]);
    assert.ok(image.equals(converted.bytes));
    assert.deepEqual([errors, [...hosts]], [[], [base]]);
  });

  test('an upload whose connection breaks goes on, also after the page was loaded again', async (t) => {
    const broken: number[] = [];
    let limit = 3_000_000;
    const { path, up, page } = await given(t, {
      through: async (base) => {
        const proxy = breaking(
          base,
          () => limit,
          (bytes) => broken.push(bytes),
        );
        t.after(async () => await shut(proxy));
        return `http://${await listen(proxy)}`;
      },
    });
    const bytes = Buffer.alloc(40_000_000, 'lading ');
    await writeFile(join(path, 'big.tar'), bytes);
    const send = async (): Promise<void> => {
      await page.locator('#file').setInputFiles(join(path, 'big.tar'));
      await page.locator('#new button[type=submit]').click();
    };
    await send();
    while (broken.length < 2) await sleep(20);
    await page.evaluate('window.onbeforeunload = null');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.reload();
    limit = Infinity;
    await send();
    await rowOf(page, 'big.tar').waitFor({ timeout: 60_000 });
    assert.ok((await readFile(join(up, 'big.tar'))).equals(bytes));
  });

  test('whoever gives the token sees the page, until they log out', async (t) => {
    const token = join(await folder(t), 'token');
    await writeFile(token, 'a token of the tests');
    const { base, page, errors } = await given(t, { flags: ['--token-file', token] });
    assert.equal(page.url(), `${base}/login`);
    await page.locator('#token').fill('another one, which is wrong');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/login?wrong`);
    await page.locator('#token').fill('a token of the tests');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base}/`);
    await page.locator('#logout button').click();
    await page.waitForURL(`${base}/login`);
    assert.deepEqual(errors, []);
  });

  test('files that are dropped on it are uploaded, each with its own name', async (t) => {
    const { up, page } = await given(t);
    const dropped = await page.evaluateHandle(`(() => {
      const all = new DataTransfer();
      for (const name of ['one.tar', 'two.tar']) all.items.add(new File(['I am ' + name], name));
      return all;
    })()`);
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: dropped });
    assert.equal(await page.locator('#key').isVisible(), false);
    await page.locator('#new button[type=submit]').click();
    for (const name of ['one.tar', 'two.tar']) {
      await rowOf(page, name).waitFor();
      assert.equal(await readFile(join(up, name), 'utf8'), `I am ${name}`);
    }
  });

  test('names of strangers are shown as text, and a wrong option as a sentence', async (t) => {
    const { path, up, page, errors } = await given(t);
    const name = `<img src=x onerror=alert(1)>\u202egpj.tar`;
    await writeFile(join(up, name), 'no archive');
    await page.locator('#rows li').first().waitFor();
    await page.locator('#rows li[data-state=refused]').waitFor();
    assert.match(await page.locator('#rows h3').innerText(), /^<img src=x onerror=alert\(1\)>\\u\{202e\}gpj\.tar$/);
    assert.equal(await page.locator('#rows img').count(), 0);
    await writeFile(join(path, 'app.tar'), 'x');
    await page.locator('#file').setInputFiles(join(path, 'app.tar'));
    await page.locator('summary').click();
    await page.locator('#option-platform').fill('nothing');
    await page.locator('#new button[type=submit]').click();
    await page.locator('#sending li[data-state=broken]').waitFor();
    assert.match(await page.locator('#sending').innerText(), /"nothing"/);
    // Chromium reports the refused request itself.
    assert.deepEqual(
      errors.filter((each) => !/422/.test(each)),
      [],
    );
  });

  test('it speaks Chinese to whoever prefers it, and remembers the other choice', async (t) => {
    const { page, up } = await given(t, { locale: 'zh-CN' });
    await writeFile(join(up, 'notes.txt'), 'no archive');
    await page.locator('#rows li[data-state=refused]').waitFor();
    const texts = await page.locator('body').innerText();
    assert.match(texts, /上传归档/);
    assert.match(await page.locator('#rows').innerText(), /已拒绝\s+这/);
    assert.doesNotMatch(await page.locator('label, summary, button[type=submit]').first().innerText(), /[a-z]{4}/);
    await page.locator('#language').click();
    await page.reload();
    await page.locator('#rows li').first().waitFor();
    assert.match(await page.locator('body').innerText(), /Upload an archive/);
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
  });

  test('it is not wider than its window, not even on a telephone, and a deleted upload leaves it', async (t) => {
    const { page, up } = await given(t, { isBypassed: true });
    const long = `backup-${'2026-'.repeat(20)}.zip`;
    await writeFile(join(up, 'web-export.tar'), await exported(100_000));
    await writeFile(join(up, long), 'no archive');
    await writeFile(join(up, 'notes.pdf'), '%PDF-1.7\n');
    await rowOf(page, 'web-export.tar').locator('a').first().waitFor();
    await rowOf(page, 'notes.pdf').locator('a').first().waitFor();
    await page.setViewportSize({ width: 390, height: 700 });
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390);
    await rm(join(up, long));
    await rowOf(page, long).waitFor({ state: 'detached' });
    await page.evaluate(AXE);
    for (const [name, colorScheme, width] of [
      ['light', 'light', 1000],
      ['dark', 'dark', 1000],
      ['narrow', 'light', 390],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 500 });
      assert.equal(await page.evaluate('document.documentElement.scrollWidth'), width);
      await page.locator('summary').click();
      const { violations } = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
      assert.deepEqual(
        violations.map(({ id }) => id),
        [],
        name,
      );
      await page.locator('summary').click();
      if (PICTURES !== null) await page.screenshot({ path: join(PICTURES, `served-${name}.png`), fullPage: true });
    }
  });
});

/** A proxy that breaks each upload after some bytes, while `limit` is not reached. */
function breaking(base: string, limit: () => number, onBreak: (bytes: number) => void): Server {
  const { hostname, port } = new URL(base);
  return createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => request.destroy());
    response.on('close', () => onward.destroy());
    let seen = 0;
    request.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen <= limit()) return void onward.write(chunk);
      onBreak(seen);
      onward.destroy();
      request.destroy();
    });
    request.on('end', () => onward.end());
  });
}
