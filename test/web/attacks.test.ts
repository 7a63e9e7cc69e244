import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { BROWSERS, type BrowserName, missing, type Tab } from './browsers.ts';
import { exportWith, imageWith, LONG, TEXTS } from './kit-attacks.ts';
import { type Desk, newDesk, opened, textOf } from './kit.ts';

// What an archive brings is text in the page, whatever it is.

/** The characters that must not be in a page as they are, because they could make a text look like another. */
const HIDDEN = /[\p{Cf}\p{Zl}\p{Zp}\u0000-\u0008\u000b-\u001f\u007f-\u009f]/u;

for (const name of Object.keys(BROWSERS) as BrowserName[]) {
  suite(name, { skip: missing(name) }, () => {
    let desk: Desk;
    let tab: Tab;
    before(async () => {
      desk = await newDesk();
      tab = await BROWSERS[name]();
      await tab.goto(desk.page);
    });
    after(async () => {
      await tab?.close();
      await desk?.clear();
    });

    /** Opens an archive and its files. Nothing in it may have been run, made an element, or be hidden. */
    const isText = async (bytes: Uint8Array): Promise<void> => {
      const path = await desk.put('attack.tar', bytes);
      assert.ok((await opened(tab, path)).startsWith('attack.taris'));
      if (await tab.evaluate<boolean>("document.querySelector('.files button') !== null")) {
        await tab.click('.files button');
        await tab.wait('.tree, .files [role=alert]');
        // A path beyond the limit makes the whole tree unreadable, as on the command line.
        if (await tab.evaluate<boolean>("document.querySelector('.tree') !== null")) {
          await tab.evaluate("document.querySelector('#search').focus()");
          await tab.type('srv/');
          await tab.wait('.lines');
        }
      }
      await tab.click('.contents button');
      await tab.wait('.result:not(:has(.contents button, .contents progress))');
      const text = await textOf(tab, '#app');
      assert.doesNotMatch(text, HIDDEN);
      assert.equal(
        await tab.evaluate("document.querySelectorAll('#app script, #app img, #app a, #app iframe').length"),
        0,
      );
      assert.equal(await tab.evaluate('globalThis.broken'), undefined);
      assert.deepEqual(tab.errors, []);
    };

    for (const [what, text] of Object.entries(TEXTS)) {
      test(`${what}, in an image and in a container export`, async () => {
        await isText(imageWith(text));
        await isText(exportWith(text));
      });
    }

    for (const [what, make] of Object.entries(LONG)) test(what, () => isText(make()));
  });
}
