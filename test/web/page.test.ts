import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildPage } from '../../scripts/build-web.ts';
import { ARCHIVES } from './archives.ts';
import { BROWSERS, type BrowserName, missing, type Tab } from './browsers.ts';
import { type Desk, fill, newDesk, opened, textOf, words } from './kit.ts';

// In real browsers, the page opened from disk says of each archive what the command line says, word for word, and saves
// the image that the command line writes, byte for byte. No request leaves the page.

test('the page has at most 400 kB when it is sent compressed, and may load, send and evaluate nothing', async () => {
  const { html } = await buildPage();
  assert.ok(gzipSync(html, { level: 9 }).length <= 400_000);
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)]));
  assert.deepEqual([rules.get('default-src'), rules.get('connect-src')], [["'none'"], ["'none'"]]);
  const allowed = [...rules.values()].flat().filter((each) => !each.startsWith("'sha256-") && each !== "'none'");
  assert.deepEqual(allowed, ["'wasm-unsafe-eval'", 'blob:', 'data:']);
  assert.doesNotMatch(html, /(?:src|href)="(?!data:,)/);
});

for (const name of Object.keys(BROWSERS) as BrowserName[]) {
  suite(name, { skip: missing(name) }, () => {
    let desk: Desk;
    let tab: Tab;
    before(async () => {
      desk = await newDesk();
      // The dialog in which Chromium asks for a place on the disk cannot be used by a test.
      tab = await BROWSERS[name]({ before: 'delete globalThis.showSaveFilePicker' });
      await tab.goto(desk.page);
    });
    after(async () => {
      await tab?.close();
      await desk?.clear();
    });

    for (const [file, bytes] of Object.entries(ARCHIVES)) {
      test(`${file}: the words of \`lading inspect\`, and the bytes of \`lading convert\``, async () => {
        const path = await desk.put(file, bytes);
        assert.equal(await opened(tab, path), words(await desk.lading('inspect', file)));
        const isAsked = await tab.evaluate<boolean>("document.querySelector('.convert') !== null");
        await rm(join(desk.folder, 'image.tar'), { force: true });
        const said = await desk.lading('convert', file, '--name', 'team/web:2', '-o', 'image.tar');
        const made = await readFile(join(desk.folder, 'image.tar')).catch(() => null);
        if (!isAsked) return assert.equal(made, null);
        await fill(tab, '#option-name', 'team/web:2');
        if (made === null) {
          await tab.click('.convert button[type=submit]');
          await tab.wait('.conversion');
        } else {
          const saved = await tab.saved(() => tab.click('.convert button[type=submit]'));
          assert.ok(saved.equals(made), `${saved.length} bytes, ${made.length} of the command line`);
        }
        assert.equal(words(await textOf(tab, '.conversion')), words(said));
      });
    }

    test('all kinds of options give what they give on the command line', async () => {
      const path = await desk.put('export.tar', ARCHIVES['export.tar']!);
      const settings = await desk.put(
        'inspect.json',
        readFileSync(new URL('../../examples/web.inspect.json', import.meta.url)),
      );
      const flags = ['--name', 'a:1', '--name', 'b:2', '--change', 'USER 7', '--compress', 'gzip', '--rootfs'];
      await desk.lading('convert', 'export.tar', ...flags, '--inspect', settings, '-o', 'image.tar');
      await opened(tab, path);
      await fill(tab, '#option-name', 'a:1\nb:2');
      await fill(tab, '#option-change', 'USER 7');
      await tab.choose('#option-inspect', settings);
      await tab.click('.convert summary');
      await fill(tab, '#option-compress', 'gzip');
      await tab.click('#option-rootfs');
      const saved = await tab.saved(() => tab.click('.convert button[type=submit]'));
      assert.ok(saved.equals(await readFile(join(desk.folder, 'image.tar'))));
    });

    test('layers are merged as on the command line', async () => {
      const path = await desk.put('saved.tar', ARCHIVES['saved.tar']!);
      await desk.lading('convert', 'saved.tar', '--flatten', '-o', 'image.tar');
      await opened(tab, path);
      await tab.click('.convert summary');
      await tab.click('#option-flatten');
      const saved = await tab.saved(() => tab.click('.convert button[type=submit]'));
      assert.ok(saved.equals(await readFile(join(desk.folder, 'image.tar'))));
    });

    test('no request leaves the page, and nothing has failed in it', () => {
      const elsewhere = tab.requests.filter((each) => each !== desk.page && !/^(?:blob|data):/.test(each));
      assert.deepEqual([elsewhere, tab.errors], [[], []]);
    });
  });
}
