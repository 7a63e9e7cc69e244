import assert from 'node:assert/strict';
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

    test('no request leaves the page, and nothing has failed in it', () => {
      const elsewhere = tab.requests.filter((each) => each !== desk.page && !/^(?:blob|data):/.test(each));
      assert.deepEqual([elsewhere, tab.errors], [[], []]);
    });
  });
}
