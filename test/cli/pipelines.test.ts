import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { DOCKER_EXPORT, exported, folder, run, tarOf } from './kit.ts';

/** A folder with an archive, and the environment of a step of GitHub Actions. */
async function step(t: TestContext, archive: Uint8Array, name = 'app.tar') {
  const path = await folder(t);
  const file = join(path, name);
  await writeFile(file, archive);
  const env = { GITHUB_STEP_SUMMARY: join(path, 'summary.md'), GITHUB_OUTPUT: join(path, 'output') };
  return { path, file, env, read: async (of: keyof typeof env) => await readFile(env[of], 'utf8') };
}

/** The outputs of a step, read as GitHub's runner reads them. */
function parsed(text: string): Record<string, string> {
  const found = text.matchAll(/^([\w-]+)<<(.+)\n([^]*?)\n\2$/gm);
  return Object.fromEntries([...found].map(([, name = '', , value = '']) => [name, value]));
}

/** The commands that the runner obeys in a log, `##[…]` anywhere in a line included. */
function obeyed(log: string): string[] {
  let stopped: string | null = null;
  return log.split('\n').flatMap((line) => {
    const [, command = '', , data = ''] = /^\s*::([\w-]+)( [^:]*)?::(.*)$/.exec(line) ?? [];
    if (stopped !== null) {
      if (command === stopped) stopped = null;
      return [];
    }
    if (command === 'stop-commands') stopped = data;
    return command === '' && !line.includes('##[') ? [] : [line];
  });
}

/** A name that would break out of a log, of Markdown and of HTML. */
const EVIL = "a\n::set-output name=x::y##[add-path]b|`*_</td></table><script>x</script>\n\n# 100%, 'q' [l](h)";

test('a conversion gives annotations, a summary and outputs for GitHub, in the chosen language', async (t) => {
  const { path, file, env, read } = await step(t, await exported());
  const files = ['-o', join(path, 'image.tar'), '--manifest', join(path, 'manifest.json')];
  const { code, stdout } = await run(['convert', file, '-t', 'web:1', '--format', 'github', ...files], { env });
  assert.equal(code, 0);
  const manifest = JSON.parse(await readFile(join(path, 'manifest.json'), 'utf8')) as ArchiveManifest;
  const image = manifest.result?.images[0];
  assert.deepEqual(parsed(await read('GITHUB_OUTPUT')), {
    image: 'docker.io/library/web:1',
    'image-id': image?.imageId,
    'manifest-digest': image?.manifestDigest,
    archive: join(path, 'image.tar'),
    outcome: 'converted',
    manifest: join(path, 'manifest.json'),
    report: '',
  });
  const notes = manifest.findings.filter((each) => each.severity !== 'error');
  assert.ok(notes.length > 0);
  for (const { code: title, message } of notes) {
    assert.ok(
      obeyed(stdout).some((line) => line.includes(`title=lading%3A ${title}::${message}`)),
      title,
    );
    assert.ok((await read('GITHUB_STEP_SUMMARY')).includes(`<code>${title}</code>`), title);
  }
  await run(['inspect', file, '--format', 'github', '--lang', 'zh'], { env });
  assert.ok((await read('GITHUB_STEP_SUMMARY')).includes('容器归档；可以转换为镜像。</h3>'));
});

test('the job summary names the report and the figures, and the step has its path as an output', async (t) => {
  const { path, file, env, read } = await step(t, await exported(1500));
  const report = join(path, 'report.html');
  const { code } = await run(['inspect', file, '--format', 'github', '--html', report], { env });
  assert.equal(code, 0);
  assert.ok((await readFile(report, 'utf8')).includes('"contentsVersion":1'));
  assert.equal(parsed(await read('GITHUB_OUTPUT'))['report'], report);
  const summary = await read('GITHUB_STEP_SUMMARY');
  for (const [label, value] of [
    ['report', report],
    ['wasted', '0 bytes (0.0%)'],
    ['files', '7 (1.5 kB)'],
  ])
    assert.ok(summary.includes(`<td>${label}</td><td><code>${value}</code></td>`), summary);
});

test('names from an archive give GitHub no commands, and stay inside their cells of the summary', async (t) => {
  const evil = [...DOCKER_EXPORT, { name: `etc/${EVIL}`, text: 'x' }, { name: `etc/${EVIL}`, text: 'y' }];
  const { file, env, read } = await step(t, await tarOf(evil), `${EVIL.replaceAll('/', '')}.tar`);
  const { stdout } = await run(['inspect', file, '--format', 'github', '--fail-on', 'warning'], { env });
  assert.ok(stdout.includes('##[add-path]'), 'the page shows the name');
  for (const line of obeyed(stdout)) assert.match(line, /^::(?:stop-commands::|(?:error|warning|notice) title=lading)/);
  const summary = await read('GITHUB_STEP_SUMMARY');
  assert.ok(summary.includes('add-path'));
  const tags = /<\/?(?:h3|p|strong|table|tr|td|code|pre)>/g;
  assert.doesNotMatch(summary.replaceAll(tags, ''), /[<>"']/);
  // Every block of HTML ends at the first empty line, so none may come before the block's closing tag.
  for (const block of summary.trim().split('\n\n')) assert.match(block, /^<(h3|p|table|pre)>[^]*<\/\1>$/);
});

test('a refused archive and a missing file are errors in the log and in the summary', async (t) => {
  const { file, env, read } = await step(t, (await exported()).subarray(0, 700));
  const refused = await run(['convert', file, '-t', 'a', '--format', 'github', '-o', `${file}.image`], { env });
  assert.equal(refused.code, 3);
  const said = obeyed(refused.stderr).find((line) => line.startsWith('::error')) ?? '';
  assert.match(said, /title=lading%3A truncated::/);
  const missing = await run(['inspect', `${file}, 100%`, '--format=github'], { env });
  assert.equal(missing.code, 4);
  assert.match(missing.stderr, /^::error title=lading%3A failed::Cannot read .*100%25: there is no such file\.\n$/);
  assert.match(await read('GITHUB_STEP_SUMMARY'), /<h3>Cannot read .*there is no such file\.<\/h3>/);
});

test('an archive that allows no quick look is an error in the log and in the summary', async (t) => {
  const { file, env, read } = await step(t, gzipSync(await exported()));
  const { code, stdout, stderr } = await run(['inspect', file, '--quick', '--format', 'github'], { env });
  assert.deepEqual([code, stdout], [3, '']);
  assert.match(stderr, /^::error title=lading%3A failed::/m);
  assert.match(await read('GITHUB_STEP_SUMMARY'), /^<h3>.*<\/h3>$/m);
});

test('--fail-on stops a conversion before anything is written, by severity and by code', async (t) => {
  const { path, file } = await step(t, await exported());
  const output = join(path, 'image.tar');
  const convert = (...flags: string[]) => run(['convert', file, '-t', 'a', '-o', output, ...flags]);
  await writeFile(output, 'before');
  // Only the conversion finds this one.
  for (const word of ['warning', 'error,platform-assumed']) {
    const { code, stdout, stderr } = await convert('--fail-on', word, '--manifest', join(path, 'm.json'));
    assert.deepEqual([code, stdout], [9, '']);
    assert.match(stderr, /Stopped by --fail-on: .*platform-assumed/);
    assert.equal(await readFile(output, 'utf8'), 'before');
    const manifest = JSON.parse(await readFile(join(path, 'm.json'), 'utf8')) as ArchiveManifest;
    assert.deepEqual([manifest.outcome, manifest.result], ['recognised', null]);
  }
  const pipe = await run(['convert', file, '-t', 'a', '--fail-on', 'warning']);
  assert.deepEqual([pipe.code, pipe.bytes.length], [9, 0]);
  assert.equal((await convert('--fail-on', 'error')).code, 0);
  assert.equal((await run(['inspect', file, '--fail-on', 'warning'])).code, 9);
  assert.equal((await run(['inspect', file, '--fail-on', 'error'])).code, 0);
});

test('values that no pipeline flag takes are refused, before anything is read', async (t) => {
  const path = await folder(t);
  for (const flags of [
    ['--format', 'gitlab'],
    ['--fail-on', 'eror'],
    ['--manifest', '-'],
    ['--json', '--format', 'github'],
  ])
    assert.equal((await run(['inspect', '/nowhere', ...flags])).code, 2, flags.join(' '));
  assert.ok(!existsSync(join(path, '-')));
});
