import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { styleFor } from '../../cli/page-style.ts';
import { servicePage } from '../../cli/print/service.ts';
import { TerminalText } from '../../cli/terminal-text.ts';
import { finding } from '../../core/catalogue/findings.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { archive } from '../support/tar-builder.ts';
import { exported, folder, LADING, run } from './kit.ts';

/** Texts that could attack a terminal or deceive its reader. */
const ATTACKS: Record<string, string> = {
  'an escape sequence': '\u001b]0;owned\u0007\u001b[2J',
  'a C1 control': '\u009b31m\u0085',
  'a carriage return': 'good\rbad',
  'a bell and a backspace': 'a\u0007\b',
  'a delete': 'a\u007f',
  'a new line': 'a\nerror: forged',
  'another direction': 'a\u202eexe.\u2066\u2069\u200f',
  'nothing to be seen': 'a\u200b\u200d\ufeff\u2060\u00ad\u034f\u3164\u{e0041}',
  'a line separator': 'a\u2028b\u2029c',
  'bytes that are no UTF-8': 'caf\u00e9\u0099'.normalize(),
};

const HARMFUL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u034f\u3164]/u;

/** Fails when terminal output holds anything but lines of text and the colours that Lading itself prints. */
function assertHarmless(output: string, what: string): void {
  assert.doesNotMatch(output.replace(/\r\n|[\n\t]/g, ''), HARMFUL, what);
  assert.doesNotMatch(output, /^error: forged/m, what);
}

const terminal = { stdoutIsTTY: true, stderrIsTTY: true, env: { NO_COLOR: '1' } };

/** Runs the command on a terminal of its own, which the program `script` makes. */
async function onTerminal(argv: string[]): Promise<string> {
  const quoted = [process.execPath, LADING, ...argv].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const env = { ...process.env, NO_COLOR: '1', TERM: 'xterm', LC_ALL: 'C.UTF-8' };
  const ran = promisify(execFile)('script', ['-qec', quoted.join(' '), '/dev/null'], { env, encoding: 'latin1' });
  const { stdout } = await ran.catch((error: { stdout: string }) => error);
  return new TextDecoder().decode(Buffer.from(stdout, 'latin1'));
}

/** Writes archives that hold an attack in every text that an uploader controls. */
async function hostile(t: TestContext, attack: string): Promise<string[]> {
  const name = Buffer.from(attack).toString('latin1');
  const members = archive([
    { name: `f${name}`, body: 'x' },
    { name: 'link', type: '2', linkname: name },
    { name: 'hard', type: '1', linkname: `f${name}` },
    { name: 'etc/os-release', body: `ID=x\nPRETTY_NAME="${attack}"\n` },
  ]);
  const config = {
    Env: [`A=${attack}`],
    Cmd: [attack],
    User: attack,
    Labels: { [attack]: attack },
    Volumes: { [attack]: {} },
  };
  const more = { created: attack, author: attack };
  const history = [{ created_by: attack, comment: attack }];
  const image = dockerArchive([{ names: [attack], config, more, history, layers: [members] }]);
  const path = await folder(t);
  const files = { 'a.tar': members, 'i.tar': image, 'd.tar': Buffer.concat([members.subarray(0, 600), members]) };
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
  return Object.keys(files).map((file) => join(path, file));
}

for (const [what, attack] of Object.entries(ATTACKS)) {
  test(`${what} in an archive, a name or an argument does nothing to a terminal`, async (t) => {
    const runs: string[][] = [
      ['inspect', join(await folder(t), attack)],
      ['status', attack, '--uploads', attack],
      ['convert', attack, '--platform', attack],
      ['files', attack, '--image', attack],
      [attack],
      ['inspect', `--${attack}`],
      ['serve', attack, attack],
    ];
    for (const file of await hostile(t, attack)) {
      const out = join(file, '..', 'out.tar');
      runs.push(['inspect', file], ['inspect', '--json', file], ['inspect', '--quick', file], ['files', file]);
      runs.push(['files', file, 'link'], ['files', file, attack], ['plan', file, '--name', 'a:1']);
      runs.push(
        ['convert', file, '-o', out, '--name', attack],
        ['convert', file, '-o', out, '--change', `LABEL ${attack}`],
      );
      runs.push(['convert', file, '-o', out], ['inspect', file, '--lang', 'zh']);
    }
    for (const argv of runs) {
      const { stdout, stderr } = await run(argv, terminal);
      assertHarmless(stdout + stderr, argv.join(' '));
    }
  });
}

test('names, contents and messages do nothing to a real terminal either', async (t) => {
  const attack = Object.values(ATTACKS).join('').replaceAll('\0', '');
  const [layer = '', image = ''] = await hostile(t, attack);
  const all = [['files', layer], ['inspect', image], ['inspect', '--json', image], ['files', layer, attack], [attack]];
  for (const argv of all) {
    const output = await onTerminal(argv);
    assert.ok(output.length > 10, argv.join(' '));
    assertHarmless(output, argv.join(' '));
  }
});

test('the content of a text file is escaped on a terminal and exact in a pipe', async (t) => {
  const path = join(await folder(t), 'a.tar');
  const text = 'größe\ta\r\nb\rc\u202e\u009b1m\u2028\f';
  await writeFile(path, archive([{ name: 'text', body: text }]));
  const shown = 'größe\ta\r\nb\\x0dc\\u{202e}\\x9b1m\\u{2028}\\x0c';
  assert.equal((await run(['files', path, 'text'], terminal)).stdout, shown);
  assert.equal((await run(['files', path, 'text'])).stdout, text);
  // The terminal adds a carriage return before each line feed.
  assert.equal((await onTerminal(['files', path, 'text'])).replace('\r\r\n', '\r\n'), shown);
});

test('a text is printed in the same way, whatever chunks it is read in', () => {
  const bytes = Buffer.concat([Buffer.from('日本\r\nx\r'), Buffer.from([0xff, 0x9b, 0xe6]), Buffer.from('y\r')]);
  const whole = new TerminalText();
  const expected = whole.of(bytes) + whole.end();
  assert.equal(expected, '日本\r\nx\\x0d\ufffd\ufffd\ufffdy\\x0d');
  const single = new TerminalText();
  assert.equal([...bytes].map((byte) => single.of(Buffer.of(byte))).join('') + single.end(), expected);
});

test('no page made of a manifest prints anything raw, whatever text is in whatever field', async (t) => {
  const files = await hostile(t, 'plain');
  const path = join(await folder(t), 'export.tar');
  await writeFile(path, await exported());
  for (const file of [...files, path]) {
    for (const argv of [
      ['inspect', '--json', file],
      ['convert', '--json', file, '-o', `${file}.out`],
    ]) {
      const manifest = JSON.parse((await run(argv)).stdout || '{}') as ArchiveManifest;
      for (const attack of Object.values(ATTACKS)) {
        const poisoned = everyText(manifest, attack) as ArchiveManifest;
        const kept = { ...poisoned, archive: { ...poisoned.archive, kind: manifest.archive.kind } };
        for (const language of ['en', 'zh'] as const) {
          const style = styleFor({ isTTY: true, columns: 80 }, language, { NO_COLOR: '1' });
          assertHarmless(servicePage(kept, null, style), attack);
        }
      }
    }
  }
});

const FIXED = new Set(['outcome', 'severity', 'client', 'code', 'kind']);

function everyText(value: unknown, attack: string): unknown {
  if (typeof value === 'string') return value + attack;
  if (Array.isArray(value)) return value.map((each) => everyText(each, attack));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, FIXED.has(key) ? each : everyText(each, attack)]),
  );
}

test('a message about an argument or a file stays short, however long that is', async (t) => {
  const long = 'x'.repeat(100_000);
  const path = await folder(t);
  await mkdir(join(path, 'up'));
  const inspect = join(path, 'inspect.json');
  await writeFile(inspect, JSON.stringify([{ Id: 'a', State: {}, Config: { Cmd: 5, User: long, Env: [long] } }]));
  await writeFile(join(path, 'a.tar'), await exported());
  for (const argv of [
    [long],
    ['inspect', long],
    ['inspect', `--${long}`],
    ['files', join(path, 'a.tar'), long],
    ['convert', join(path, 'a.tar'), '-t', long],
    ['convert', join(path, 'a.tar'), '-t', 'a', '-c', `${long} x`],
    ['convert', join(path, 'a.tar'), '-t', 'a', '--platform', long],
    ['convert', join(path, 'a.tar'), '-t', 'a', '--inspect', inspect, '-c', `EXPOSE ${long}`],
  ]) {
    const { stderr } = await run(argv);
    assert.ok(stderr.length > 0 && stderr.length < 6000, `${argv[0]?.slice(0, 20)}: ${stderr.length}`);
  }
});

test('a very long page is shortened, and says so in its language', async (t) => {
  const layers = Array.from({ length: 300 }, (_, at) => archive([{ name: `m${at}`, body: 'x' }]));
  const path = join(await folder(t), 'a.tar');
  await writeFile(path, dockerArchive([{ names: ['a:1'], layers, config: { Labels: { long: 'x'.repeat(2e6) } } }]));
  const manifest = JSON.parse((await run(['inspect', '--json', path])).stdout) as ArchiveManifest;
  const [image = assert.fail()] = manifest.images;
  const style = (language: 'en' | 'zh') => styleFor({}, language, { LANG: 'C.UTF-8' });
  assert.doesNotMatch(servicePage(manifest, null, style('en')), /shortened/, 'labels are on no page');
  const many = {
    ...manifest,
    images: Array.from({ length: 100 }, () => image),
    findings: Array.from({ length: 60 }, () => finding('layer-empty', { member: 'm' })),
  };
  const pages = [servicePage(many, null, style('en')), servicePage(many, null, style('zh'))] as const;
  for (const page of pages) assert.ok(page.length < 1024 ** 2);
  assert.match(pages[0], /^ {2}… 40 more findings of this kind$/m);
  assert.match(pages[0], /^ {2}layers +300, /m);
  assert.match(pages[0], /^This page is shortened: images without \d\d entries; images\[\]\.layers without [\d,]+/m);
  assert.match(pages[1], /^ {2}… 另有 40 条同类结果$/m);
  assert.match(pages[1], /^此页内容已缩短：images 省略了 \d\d 项；images\[\]\.layers 省略了 [\d,]+ 项/m);
});
