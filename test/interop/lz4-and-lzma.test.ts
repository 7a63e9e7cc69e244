import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CompressedFacts } from '../../core/compression/compressed-reader.ts';
import { decompress } from '../../core/compression/decompress.ts';
import { LadingError } from '../../core/model/errors.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked, collect } from '../support/bytes.ts';
import { LZ4_LEGACY, SAMPLES } from '../support/compressed.ts';
import { randomFrom } from '../support/corpus-damage.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';

// Lading accepts damaged lz4 and .lzma data when the tools do, and gives the same bytes, with the differences that are
// meant:
// - After the last frame or stream, any bytes may follow (docs/decisions/0104).
// - Dictionaries beyond the limit and those of a frame's own are refused by name.
// - A match of lz4 whose distance is zero is damage, as the format says; `lz4` copies what its memory holds there.
// - A .lzma header must be likely, because nothing else tells what the file is; `xz --format=lzma` takes any.

const SEED = Number(process.env['LADING_SEED'] ?? 1);
const DAMAGES = Number(process.env['LADING_FLIPS'] ?? 300);
const random = randomFrom(SEED);
const tools = nativeTools({ threads: false });

type Format = 'lz4' | 'lzma';
type Verdict = { code: null; content: Buffer; end: number | null } | { code: string; refusal: string };

async function ours(format: Format, stored: Buffer): Promise<Verdict> {
  const facts: CompressedFacts = { members: 0, trailing: null };
  try {
    const content = await collect(decompress(chunked(stored), format, tools, facts));
    return { code: null, content, end: facts.trailing?.offset ?? null };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { code: error.finding.code, refusal: error.finding.message };
  }
}

/** The file with one to three random bytes changed. */
function damaged(stored: Buffer): Buffer {
  const copy = Buffer.from(stored);
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  }
  return copy;
}

function flips(stored: Buffer, bytes = stored.length): Buffer[] {
  return Array.from({ length: 8 * bytes }, (_, bit) => {
    const flipped = Buffer.from(stored);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    return flipped;
  });
}

describe('the verdict on a damaged file is that of the tool', { skip: without('lz4', 'xz') }, () => {
  let dir: string;
  before(() => {
    dir = scratch('lz4');
  });
  after(() => removeScratch(dir));

  /** The content of each file, or null when the tool refuses it. */
  function theirs(format: Format, files: Buffer[]): (Buffer | null)[] {
    const folder = mkdtempSync(join(dir, 'files-'));
    const names = files.map((_, i) => join(folder, String(i)));
    for (const [i, name] of names.entries()) writeFileSync(`${name}.${format}`, files[i]!);
    const input = names.map((name) => `${name}.${format}\n`).join('');
    if (format === 'lzma') spawnSync('xz', ['--decompress', '--format=lzma', '-qq', '--files'], { input });
    else spawnSync('sh', ['-c', EACH_LZ4], { input });
    const contents = names.map((name) => (existsSync(name) ? readFileSync(name) : null));
    rmSync(folder, { recursive: true });
    return contents;
  }

  async function compare(format: Format, files: Buffer[]): Promise<void> {
    const verdicts: Verdict[] = [];
    for (const file of files) verdicts.push(await ours(format, file));
    const asked = verdicts.map((verdict, i) =>
      files[i]!.subarray(0, verdict.code === null ? (verdict.end ?? undefined) : undefined),
    );
    const found = { accepted: 0, refused: 0 };
    for (const [i, content] of theirs(format, asked).entries()) {
      const verdict = verdicts[i]!;
      const about = `${verdict.code ?? 'accepted'}: ${asked[i]!.subarray(0, 2000).toString('hex')}`;
      if (verdict.code === null) assert.ok(content?.equals(verdict.content), about);
      else {
        const isMeant = NAMED.test(verdict.refusal) || (format === 'lz4' && hasZeroDistance(asked[i]!));
        assert.ok(content === null || isMeant, `${verdict.refusal} ${about}`);
      }
      found[verdict.code === null ? 'accepted' : 'refused'] += 1;
    }
    assert.ok(found.accepted > 0 && found.refused > 0, JSON.stringify(found));
  }

  for (const { name, stored } of [...SAMPLES.lz4, LZ4_LEGACY]) {
    test(`${name}, with LADING_SEED=${SEED}`, async () => {
      await compare('lz4', [stored, ...flips(stored, 12), ...Array.from({ length: DAMAGES }, () => damaged(stored))]);
    });
  }

  for (const { name, stored } of [SAMPLES.lzma[0]!, ...SAMPLES.lzma.slice(2)]) {
    test(`every bit flipped, and random damage: ${name}, with LADING_SEED=${SEED}`, async () => {
      await compare('lzma', [stored, ...flips(stored), ...Array.from({ length: DAMAGES }, () => damaged(stored))]);
    });
  }
});

/** A program of the shell that expands each file whose name it reads. `lz4` leaves what it has written of a bad one. */
const EACH_LZ4 = 'while read -r file; do lz4 -dqqf "$file" "${file%.lz4}" 2>/dev/null || rm -f "${file%.lz4}"; done';

/** True when a match in the only block of a sample in lz4 has the distance zero. */
function hasZeroDistance(stored: Buffer): boolean {
  const isLegacy = stored[0] === 2;
  let at = isLegacy ? 8 : 11 + (stored[4]! & 8);
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) for (sum += stored[at]!; stored[at++] === 255;) sum += stored[at] ?? 0;
    return sum;
  };
  while (at < stored.length) {
    const token = stored[at++]!;
    at += length(token >> 4);
    if (stored[at] === 0 && stored[at + 1] === 0) return true;
    at += 2;
    length(token & 15);
  }
  return false;
}

const NAMED = /dictionary|there is no lzma header/;
