import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { enumerated } from '../../../core/catalogue/brief.ts';
import { CATALOGUE, TOPICS } from '../../../core/catalogue/catalogue.ts';
import type { Entry } from '../../../core/catalogue/entry.ts';
import { finding, inLanguage, quoted } from '../../../core/catalogue/findings.ts';
import { findingsPage } from '../../../scripts/findings-doc.ts';

const entries = Object.entries<Entry>(CATALOGUE);
const words = (sentence: string): string[] => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].toSorted();

test('each code belongs to one topic only', () => {
  const codes = TOPICS.flatMap((topic) => Object.keys(topic.entries));
  assert.deepEqual(codes.toSorted(), Object.keys(CATALOGUE).toSorted());
  for (const code of codes) assert.match(code, /^[a-z][a-z-]+[a-z]$/);
});

test('English and Chinese sentences have the same placeholders and quote the same commands', () => {
  const literals = (sentence: string) => [...new Set(sentence.match(/`[^`]+`/g) ?? [])].toSorted();
  for (const [code, { en, zh }] of entries) {
    for (const part of ['message', 'remedy'] as const) {
      assert.deepEqual(words(zh[part]), words(en[part]), `${code}.${part}`);
      assert.deepEqual(literals(zh[part]), literals(en[part]), `${code}.${part}`);
      assert.equal(zh[part] === '', en[part] === '', `${code}.${part}`);
    }
  }
});

test('each Chinese sentence is complete, entirely in Chinese, and without half-width punctuation between its characters', () => {
  for (const [code, { en, zh, cause }] of entries) {
    for (const text of [en.message, en.remedy, cause].filter((each) => each !== '')) {
      assert.match(text, /[.}]$/, `${code}: ${text}`);
      assert.doesNotMatch(text, /\p{Script=Han}/u, `${code}: ${text}`);
    }
    for (const text of [zh.message, zh.remedy].filter((each) => each !== '' && !/^\{\w+\}$/.test(each))) {
      assert.match(text, /\p{Script=Han}/u, `${code}: ${text}`);
      assert.match(text, /[。}]$/, `${code}: ${text}`);
      assert.doesNotMatch(text, /\p{Script=Han}[,;:?!()]|[,;:?!()]\p{Script=Han}/u, `${code}: ${text}`);
    }
  }
});

test('an error says what to do', () => {
  for (const [code, { severity, en }] of entries) assert.ok(severity !== 'error' || en.remedy !== '', code);
});

test('a finding is filled in, and quotes another finding, in both languages', () => {
  const inner = finding('duplicate-path', { member: 'etc/hosts', offset: 1536 });
  const outer = finding('layer-refused', { member: 'a/layer.tar', problem: quoted(inner) });
  assert.deepEqual(inLanguage(outer, 'en'), {
    message: `The layer a/layer.tar will be refused by engines: ${inner.message}`,
    remedy: outer.remedy,
  });
  assert.equal(inLanguage(outer, 'zh').message, `引擎会拒绝镜像层 a/layer.tar：${inner.zh.message}`);
  assert.deepEqual([inner.member, inner.offset, outer.offset], ['etc/hosts', 1536, undefined]);
  assert.match(finding('limit-exceeded', { what: 'x', limit: 1234567 }).zh.message, /1,234,567/);
});

test('text that is filled into a sentence is escaped and short, in both languages', () => {
  const member = `\u001b[2J\u202e\n${'🐳'.repeat(500_000)}end`;
  const { message, zh, member: field } = finding('layer-refused', { member, problem: { en: member, zh: member } });
  for (const text of [message, zh.message]) {
    assert.ok(text.length < 3 * 2048, `${text.length}`);
    assert.doesNotMatch(text, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    assert.match(text, /\\x1b\[2J\\u\{202e\}\\x0a🐳.*🐳…🐳+end/u);
  }
  assert.ok((field?.length ?? 0) <= 2048);
});

test('a list in a sentence says how many more items there are', () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `name-${at}`);
  const { en, zh } = enumerated(names, ', ');
  const shown = en.match(/name-\d+/g)?.length ?? 0;
  assert.ok(en.length <= 2048 && shown > 100);
  assert.ok(en.endsWith(`, … (${10_000 - shown} more)`) && zh.endsWith(`, …（另有 ${10_000 - shown} 个）`));
  assert.equal(enumerated(names.slice(0, 3), ', ').en, 'name-0, name-1, name-2');
  assert.equal(enumerated(['x'.repeat(1e6), 'y'], ', ').en.slice(-13), '…, … (1 more)');
});

test('docs/findings.md is made from the catalogue', () => {
  const page = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
  assert.equal(page, findingsPage(), 'run node scripts/findings-doc.ts');
  for (const [code, { clientErrors }] of entries) {
    assert.ok(page.includes(`| \`${code}\``), code);
    for (const error of clientErrors) assert.ok(page.includes(`| \`${error.replaceAll('|', '\\|')}\``), error);
  }
});

test('docs/findings.md holds the error messages that users paste into search boxes', () => {
  const page = readFileSync(new URL('../../../docs/findings.md', import.meta.url), 'utf8');
  for (const error of [
    'bin/json',
    'boot/json',
    'etc/json',
    'blobs/json',
    'does not contain a manifest.json',
    'loading tar component manifest.json: file does not exist',
    'unrecognized image format',
    'open …/repositories',
    'manifest.json: no such file',
    'invalid tar header',
    'gzip: invalid checksum',
    'unexpected EOF',
    'Error response from daemon: EOF',
    'invalid diffID',
    'e3b0c442',
    'layers length mismatch',
    'Layer tarfile . used for two different DiffID',
    'content digest',
    'Error parsing reference',
    'invalid reference format',
    'exec format error',
    'No command specified',
    'cannot load windows image on linux',
    'no space left on device',
    'Loaded image',
    'duplicates of file paths not supported',
    'unhandled tar header type',
    'invalid entry name',
    'payload does not match any of the supported image formats',
    'file manifest.json not found in tar',
  ])
    assert.ok(page.includes(error), error);
});
