import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import axe from 'axe-core';
import { listen, shut } from '../support/loopback.ts';
import { archive, type Entry, exportEntries } from '../support/tar-builder.ts';
import { ARCHIVES } from './archives.ts';
import { BROWSERS, missing, type Tab, type TabOptions } from './browsers.ts';
import { type Desk, fill, newDesk, opened, textOf, words } from './kit.ts';
import { renderers } from './processes.ts';

// The page in Chromium: with a keyboard, with a screen reader, in Chinese, with very many files and a very large one, and
// the ways to save an image that must be written anew.

/** Notes how long each task of the main thread takes that takes longer than 50 ms. */
const WATCH = `
  globalThis.longTasks = [];
  new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((each) => each.duration)))
    .observe({ type: 'longtask', buffered: true });
`;

suite('the page', { skip: missing('chromium') }, () => {
  let desk: Desk;
  let open: Tab | null = null;
  before(async () => {
    desk = await newDesk();
  });
  after(async () => {
    await open?.close();
    await desk?.clear();
  });
  const tabWith = async (options: TabOptions, page = desk.page): Promise<Tab> => {
    await open?.close();
    open = await BROWSERS.chromium(options);
    await open.goto(page);
    return open;
  };
  const put = (name: string): Promise<string> => desk.put(name, ARCHIVES[name]!);

  test('axe finds nothing, in both languages, in light and dark, before and after an archive is opened', async () => {
    for (const options of [{ locale: 'en-US' }, { locale: 'zh-CN', dark: true }]) {
      const tab = await tabWith({ ...options, before: `(() => { const module = undefined; ${axe.source} })()` });
      const faults = (): Promise<string[]> =>
        tab.evaluate(
          "axe.run(document).then(({ violations }) => violations.map((each) => each.id + ': ' + each.nodes[0].html))",
        );
      assert.deepEqual(await faults(), []);
      await opened(tab, await put('saved.tar'));
      await tab.click('.convert form > button');
      await tab.wait('.conversion');
      await tab.click('.files button');
      await tab.wait('.line');
      await tab.click('.contents button');
      await tab.wait('.treemap');
      assert.deepEqual(await faults(), []);
    }
  });

  test('in Chinese it has the words of the command line, and no English ones of its own', async () => {
    const tab = await tabWith({ locale: 'zh-CN' });
    const said = await opened(tab, await put('saved.tar'));
    assert.equal(said, words(await desk.lading('inspect', 'saved.tar', '--lang', 'zh')));
    const own = await tab.evaluate<string>(
      "[...document.querySelectorAll('header p, .chooser span, .convert label, .convert button, .files h2, footer')].map((each) => each.textContent).join('\\n')",
    );
    for (const line of own.split('\n').filter((each) => each.trim() !== '' && each !== 'docker inspect'))
      assert.match(line, /\p{Script=Han}/u);
  });

  test('everything is done by the keyboard alone', async () => {
    const tab = await tabWith({});
    await opened(tab, await put('export.tar'));
    const focused = (): Promise<string> =>
      tab.evaluate(
        'document.activeElement.id || document.activeElement.className || document.activeElement.textContent',
      );
    const go = async (to: string): Promise<void> => {
      for (let steps = 0; (await focused()) !== to; steps++) {
        assert.ok(steps < 30, `the focus never comes to ${to}`);
        await tab.press('Tab');
      }
    };
    assert.equal(await focused(), 'result', 'the focus is on the result');
    await go('option-name');
    await tab.type('app:1');
    await go('main');
    const saved = await tab.saved(() => tab.press('Enter'));
    assert.ok(saved.length > 2_000_000);
    await go('Look inside');
    await tab.press('Enter');
    await tab.wait('.tree .line');
    await go('tree');
    await tab.press('ArrowRight');
    await tab.wait('.line[aria-expanded=true]');
    for (let steps = 0; (await tab.evaluate("document.querySelector('.file-text')")) === null; steps++) {
      assert.ok(steps < 40, 'no file was shown');
      await tab.press('ArrowDown');
      await tab.press('Enter');
      await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    }
  });

  test('200,000 files: the tree is there within a second, a search within 100 ms', async () => {
    const files = Array.from({ length: 200_000 }, (_, at): Entry => ({ name: `srv/d${at % 100}/file-${at}` }));
    const path = await desk.put('many.tar', archive([...exportEntries(), ...files]));
    const tab = await tabWith({ before: WATCH });
    await opened(tab, path);
    const took = (steps: string): Promise<number> =>
      tab.evaluate(`(async () => {
        const before = document.querySelector('.lines')?.textContent;
        const start = performance.now();
        ${steps};
        while (document.querySelector('.lines')?.textContent === before || document.querySelector('.line') === null)
          await new Promise((resolve) => setTimeout(resolve, 1));
        return performance.now() - start;
      })()`);
    const opening = await took("document.querySelector('.files button').click()");
    const search = (text: string): string =>
      `const field = document.querySelector('#search'); field.value = '${text}'; field.dispatchEvent(new Event('input', { bubbles: true }))`;
    // What the first search needs is made while the user looks at the tree.
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
    const first = await took(search('FILE-1999'));
    const second = await took(search('file-19999'));
    assert.match(await textOf(tab, '.lines'), /^11 /);
    const slack = await slackOf(tab);
    assert.ok(opening < 1000 * slack, `opening took ${opening} ms`);
    assert.ok(first < 100 * slack && second < 100 * slack, `searching took ${first} and ${second} ms`);
  });

  test('reading an export of 4 GB can be cancelled, and takes less than 400 MB', async () => {
    const path = sparseExport(desk.folder, 4 * 2 ** 30);
    const tab = await tabWith({ before: WATCH });
    await tab.choose('#archive', path);
    await tab.click('.progress button');
    await tab.wait('#app:not(:has(.progress, .result, [role=alert]))');
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, rendererMemory())), 200);
    await tab.choose('#archive', path);
    await tab.wait('.result', 240_000);
    clearInterval(watch);
    assert.ok(most > 0 && most < 400e6, `${most} bytes`);
    const longest = Math.max(0, ...(await tab.evaluate<number[]>('longTasks')));
    const slack = await slackOf(tab);
    assert.ok(longest < 100 * slack, `a task of ${longest} ms`);
    assert.match(await textOf(tab, '.inspection'), /4,294,9\d\d,\d\d\d bytes/);
  });

  test('an archive that is dropped anywhere on the page is opened, but not one for an option', async () => {
    const tab = await tabWith({});
    const drop = async (place: string, text: string): Promise<void> =>
      void (await tab.evaluate(`(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([${JSON.stringify(text)}], 'dropped.txt'));
        document.querySelector('${place}').dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      })()`));
    await drop('footer', 'no archive');
    await tab.wait('.result');
    assert.match(await textOf(tab, '.inspection'), /dropped\.txt/);
    await opened(tab, await put('export.tar'));
    await drop('.field:has([type=file])', '[]');
    await tab.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
    assert.match(await textOf(tab, '.inspection'), /export\.tar/);
  });

  test('each long work can be cancelled, and done again', async () => {
    const tab = await tabWith({});
    await opened(tab, sparseExport(desk.folder, 2 * 2 ** 30));
    await tab.click('.convert summary');
    await fill(tab, '#option-compress', 'gzip');
    for (const [part, button] of [
      ['.convert', '.convert form > button'],
      ['.files', '.files button'],
      ['.contents', '.contents button'],
    ] as const) {
      await tab.click(button);
      await tab.click(`${part} .progress button`);
      await tab.wait(`${part}:not(:has(.progress, [role=alert])) button:enabled`);
    }
    await tab.click('.files button');
    await tab.wait('.line', 60_000);
  });

  suite('an image that must be written anew', () => {
    const save = async (tab: Tab): Promise<void> => {
      await fill(tab, '#option-name', 'web:1');
      await tab.click('.convert button[type=submit]');
    };
    const expected = async (): Promise<Buffer> => {
      await desk.put('packed.tar.zst', zstdCompressSync(ARCHIVES['export.tar']!));
      await desk.lading('convert', 'packed.tar.zst', '--name', 'web:1', '-o', 'image.tar');
      return readFileSync(join(desk.folder, 'image.tar'));
    };

    test('is written to the place that the user has chosen', async () => {
      const made = await expected();
      const [tab, stop] = await served(desk, tabWith, {
        before: `globalThis.showSaveFilePicker = async () =>
          (globalThis.chosen = await (await navigator.storage.getDirectory()).getFileHandle('chosen', { create: true }))`,
      });
      await opened(tab, join(desk.folder, 'packed.tar.zst'));
      await save(tab);
      await tab.wait('.convert [role=status]:not(:empty)');
      const digest = await tab.evaluate<number[]>(
        `chosen.getFile().then((file) => file.arrayBuffer()).then((bytes) => crypto.subtle.digest('SHA-256', bytes))
          .then((digest) => [...new Uint8Array(digest)])`,
      );
      assert.equal(Buffer.from(digest).toString('hex'), createHash('sha256').update(made).digest('hex'));
      await stop();
    });

    test("is kept in the browser's private files where the page comes from a web server", async () => {
      const made = await expected();
      const [tab, stop] = await served(desk, tabWith, { before: 'delete globalThis.showSaveFilePicker' });
      await opened(tab, join(desk.folder, 'packed.tar.zst'));
      assert.ok((await tab.saved(() => save(tab))).equals(made));
      const names = await tab.evaluate<string[]>(
        'navigator.storage.getDirectory().then((folder) => Array.fromAsync(folder.keys()))',
      );
      assert.deepEqual(names, ['image.tar']);
      await stop();
    });
  });
});

/** A tab with the page from a web server of this machine, and what ends the server. */
async function served(
  desk: Desk,
  tabWith: (options: TabOptions, page: string) => Promise<Tab>,
  options: TabOptions,
): Promise<[Tab, () => Promise<void>]> {
  const server = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html').end(readFileSync(join(desk.folder, 'page.html'))),
  );
  return [await tabWith(options, `http://${await listen(server)}/`), () => shut(server)];
}

/**
 * By how much more than the bound the page may take. The bounds are those of a machine that does nothing else, for which
 * LADING_SLACK=1 is set. Without it, they are four times as high, and more on a machine that is slow or busy just now.
 */
async function slackOf(tab: Tab): Promise<number> {
  const own = process.env['LADING_SLACK'];
  if (own !== undefined) return Number(own);
  const took = await tab.evaluate<number>(`(() => {
    const start = performance.now();
    for (let i = 0, sum = 0; i < 3e7; i++) sum = Math.imul(sum ^ i, 0x85ebca6b);
    return performance.now() - start;
  })()`);
  return 4 * Math.max(1, took / USUAL_MS);
}

/** The milliseconds that the loop in `slackOf` takes on a machine that does nothing else. */
const USUAL_MS = 40;

/** Writes an export with one file of `size` zeros, which take no room on the disk. Returns its path. */
function sparseExport(folder: string, size: number): string {
  const path = join(folder, `${size}.tar`);
  const head = archive([...exportEntries(), { name: 'var/zeros', size, body: '' }]);
  const end = head.length - 1024;
  const file = openSync(path, 'w');
  writeSync(file, head.subarray(0, end));
  ftruncateSync(file, end + size + 1024);
  closeSync(file);
  return path;
}

/** The memory (PSS) in bytes of the largest renderer of Chromium. */
function rendererMemory(): number {
  const sizes = renderers().map((id) => /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1]);
  return Math.max(0, ...sizes.map((kilobytes) => Number(kilobytes) * 1024));
}
