import assert from 'node:assert/strict';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { dockerArchive } from '../support/image-builder.ts';
import { archive, type Entry, exportEntries } from '../support/tar-builder.ts';
import { BROWSERS, type BrowserName, missing, type Tab } from './browsers.ts';
import { type Desk, newDesk, textOf, words } from './kit.ts';

// The report of `lading inspect --html`, opened from disk in real browsers.

/** Texts that would become markup, end the element that the facts stand in, or turn the direction of the text. */
const EVIL = '</script><script>document.title=1</script>\u202e';
/** The name of a file, as the bytes that it has in an archive. */
const evil = Buffer.from(`<!--<script>&lt;${EVIL.replaceAll('/', '|')}`).toString('latin1');

const file = (name: string, bytes: number, more: Partial<Entry> = {}): Entry => ({
  name,
  body: 'x'.repeat(bytes),
  ...more,
});

const IMAGE = dockerArchive([
  {
    names: ['web:1'],
    layers: [
      archive([file('usr/lib/big', 50_000), file('var/cache/old', 30_000), file('usr/bin/su', 900, { mode: 0o4755 })]),
      archive([file('var/cache/.wh.old', 0), file('usr/lib/big', 60_000), file(`srv/${evil}`, 20_000)]),
    ],
    history: [{ created_by: EVIL }, { comment: 'by hand' }],
    config: { Labels: { [EVIL]: EVIL } },
  },
]);

for (const name of Object.keys(BROWSERS) as BrowserName[]) {
  suite(`the report in ${name}`, { skip: missing(name) }, () => {
    let desk: Desk;
    let tab: Tab;
    let address: string;
    before(async () => {
      desk = await newDesk();
      await desk.put('image.tar', IMAGE);
      await desk.lading('inspect', 'image.tar', '--html', 'report.html');
      address = pathToFileURL(join(desk.folder, 'report.html')).href;
      tab = await BROWSERS[name]();
      await tab.goto(address);
      await tab.wait('.treemap');
    });
    after(async () => {
      await tab?.close();
      await desk?.clear();
    });

    test('has the words of `lading inspect`, and the figures of what is inside', async () => {
      const said = await desk.lading('inspect', 'image.tar');
      assert.equal(words(await textOf(tab, '.inspection')), words(said));
      assert.match(await textOf(tab, '.figures'), /Files3Size80\.9 kBWasted80\.0 kB \(49\.7%\)/);
      const all = await textOf(tab, 'main');
      for (const text of ['30.0 kB1var/cache/old\ndeleted by layer 2', '47550/0usr/bin/su', '2by hand'])
        assert.ok(all.includes(text), text);
    });

    test('shows texts from the archive as texts, whatever is in them', async () => {
      assert.equal(await tab.evaluate('document.title'), 'Lading: image.tar');
      assert.equal(await tab.evaluate('document.querySelectorAll("main script").length'), 0);
      const all = await textOf(tab, 'main');
      for (const text of [EVIL, `<!--<script>&lt;${EVIL.replaceAll('/', '|')}`])
        assert.ok(all.includes(text.replace('\u202e', String.raw`\u{202e}`)), all);
      assert.ok(!all.includes('\u202e'));
    });

    test('every folder of the map can be opened by keyboard, and wasted bytes are marked', async () => {
      assert.equal(await tab.evaluate('document.querySelectorAll(".treemap .lost").length'), 2);
      const focus = (selector: string) => tab.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
      await focus('.big summary');
      await tab.press('Enter');
      await focus('.big details button');
      await tab.press('Enter');
      await tab.wait('.way button');
      assert.equal(await textOf(tab, '.way code'), '/usr');
      await focus('.way button');
      await tab.press('Enter');
      await focus('.choice button:last-child');
      await tab.press('Enter');
      assert.match(await textOf(tab, '.big tbody'), /^900 bytes80\.0 kBLayer 180\.0 kBLayer 2$/);
    });

    test('speaks Chinese, too', async () => {
      await tab.click('header button');
      assert.match(await textOf(tab, '.figures'), /文件3大小80\.9 kB浪费80\.0 kB/);
      await tab.wait('html[lang="zh-Hans"]'); // it is set after the words have changed
      await tab.click('header button');
    });

    test('of the service says what became of the upload, and suggests no conversion of what is converted', async () => {
      await mkdir(join(desk.folder, 'up'));
      const uploads = { 'app.tar': archive(exportEntries()), 'notes.txt': Buffer.from('dear diary') };
      for (const [key, bytes] of Object.entries(uploads)) await desk.put(`up/${key}`, bytes);
      await desk.lading('serve', '--once', '--reports', 'up', 'down');
      const shown = async (key: string): Promise<string> => {
        const there = await BROWSERS[name]();
        try {
          await there.goto(pathToFileURL(join(desk.folder, `down/${key}/report.html`)).href);
          await there.wait('.inspection');
          assert.deepEqual(there.errors, []);
          return await textOf(there, 'main');
        } finally {
          await there.close();
        }
      };
      const converted = await shown('app.tar');
      for (const text of ['docker load -i down/app.tar/image.tar', 'docker.io/library/app:latest'])
        assert.ok(converted.includes(text), converted);
      assert.doesNotMatch(converted, /lading convert/);
      assert.match(await shown('notes.txt'), /^notes\.txt is no readable archive/);
    });

    test('no request leaves it, nothing fails in it, and axe finds nothing serious', async () => {
      assert.deepEqual(
        [tab.requests.filter((each) => each !== address && !each.startsWith('data:')), tab.errors],
        [[], []],
      );
      const found = await tab.evaluate<string[]>(
        `${axe.source}; axe.run().then(({ violations }) => violations.filter(({ impact }) => /serious|critical/.test(impact)).map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
      );
      assert.deepEqual(found, []);
    });
  });
}

test('the report has at most 300 kB besides its facts, and its policy allows nothing but its own script and style', async () => {
  const desk = await newDesk();
  try {
    await desk.put('image.tar', IMAGE);
    await desk.lading('inspect', 'image.tar', '--html', 'report.html', '--manifest', 'manifest.json');
    const page = await readFile(join(desk.folder, 'report.html'), 'utf8');
    const { size } = await stat(join(desk.folder, 'report.html'));
    const facts = JSON.stringify(JSON.parse(await readFile(join(desk.folder, 'manifest.json'), 'utf8')));
    assert.ok(size - Buffer.byteLength(facts) <= 300_000, `${size} bytes`);
    const [, policy = ''] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    assert.match(
      policy,
      /^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+'; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'$/,
    );
  } finally {
    await desk.clear();
  }
});
