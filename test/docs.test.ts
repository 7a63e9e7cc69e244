import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { LIMITS } from '../lambda/core/limits.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const pages = ['README.md', ...globSync('{docs,examples,bench}/**/*.md', { cwd: root })];

test('every link in the documentation leads to something that is there', () => {
  for (const page of pages) {
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (!/^\w+:/.test(target)) assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  }
});

test('every file that the documentation names in code is there', () => {
  for (const page of pages) {
    for (const [, file = ''] of read(page).matchAll(
      /`((?:lambda|infra|cli|client|local|test|scripts|docs)\/[\w./-]+\.\w+)`/g,
    )) {
      assert.ok(existsSync(join(root, file)), `${page} names ${file}`);
    }
  }
});

test('the limits in the documentation are those of the code', () => {
  const text = read('docs/architecture.md');
  const [KiB, MiB, GiB] = [1024, 1024 ** 2, 1024 ** 3];
  const told: [number, string][] = [
    [LIMITS.contentBytes / GiB / 1024, '1 TiB'],
    [LIMITS.expansionRatio, '1,100 : 1'],
    [LIMITS.runsExpansionRatio, '10,000 : 1'],
    [LIMITS.runsBytes / GiB, 'beyond 8 GiB'],
    [LIMITS.members, '10,000,000'],
    [LIMITS.impliedDirectories, '1,000,000'],
    [LIMITS.triedMembers, '100,000, 8 MiB of names'],
    [LIMITS.triedBytes / MiB, '100,000, 8 MiB of names'],
    [LIMITS.recordBytes / MiB, '1 MiB'],
    [LIMITS.pieceBytes / MiB, '64 MiB'],
    [LIMITS.pathBytes, '4,096 and 255 bytes'],
    [LIMITS.componentBytes, '255 bytes'],
    [LIMITS.documentBytes / MiB, '4 MiB, 32 MiB'],
    [LIMITS.documentsBytes / MiB, '32 MiB'],
    [LIMITS.describedBytes / MiB, '16 MiB'],
    [LIMITS.documentValues, '200,000, 750,000'],
    [LIMITS.jsonValues, '200,000, 750,000'],
    [LIMITS.mistypedValues, '10,000'],
    [LIMITS.jsonDepth, '10,000'],
    [LIMITS.images, '2,000, 20,000'],
    [LIMITS.imageNames, '2,000, 20,000'],
    [LIMITS.imageLayers, '1,000, 20,000'],
    [LIMITS.listedLayers, '1,000, 20,000'],
    [LIMITS.descriptors, '100,000, 5'],
    [LIMITS.indexDepth, '100,000, 5'],
    [LIMITS.blobs, '15,000'],
    [LIMITS.imageFindings, '2,000'],
    [LIMITS.imageMemoryBytes / MiB, '160 MiB'],
    [LIMITS.triedTogether, '500,000 members'],
    [LIMITS.folders, '1,000'],
    [LIMITS.quickReads, '500 reads, 16 MiB'],
    [LIMITS.quickBytes / MiB, '500 reads, 16 MiB'],
    [LIMITS.readBytesPerSecond / 1e6, '100 MB/s'],
    [LIMITS.copyBytesPerSecond / 1e6, '4,000 MB/s'],
    [LIMITS.sidecarBytes / KiB / 1024, '1 MiB'],
    [LIMITS.optionNames, '1,000 names, 100 levels'],
    [LIMITS.optionsDepth, '1,000 names, 100 levels'],
    [LIMITS.changedBytes / MiB, '4 MiB'],
    [LIMITS.completionBytes / KiB, '192 KiB'],
  ];
  for (const [value, words] of told) {
    assert.ok(words.includes(value.toLocaleString('en-US')), `${words} should say ${value}`);
    assert.ok(text.includes(words), `docs/architecture.md should say ${words}`);
  }
});

test('what, what you get, picture and commands stand in the first 30 lines of the README', () => {
  const head = read('README.md').split('\n').slice(0, 30).join('\n');
  for (const words of ['docker load', 'What you get', '─►', 'npm run demo', 'npm test'])
    assert.ok(head.includes(words), words);
});
