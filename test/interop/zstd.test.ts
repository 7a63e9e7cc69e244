import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { constants, zstdCompressSync } from 'node:zlib';
import { decompress } from '../../core/compression/decompress.ts';
import { LadingError } from '../../core/model/errors.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked, collect } from '../support/bytes.ts';
import { randomFrom } from '../support/corpus-damage.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';

const FILES = 1500;
const random = randomFrom(Number(process.env['LADING_SEED'] ?? 1));
const tools = nativeTools({ threads: false });

function below(count: number): number {
  return Math.floor(random() * count);
}

/** A block of a zstd frame (RFC 8878, 3.1.1.2), stored as it is or as one repeated byte. */
function block(last: boolean): { stored: Buffer; content: Buffer } {
  const repeats = below(3) === 0;
  const content = Buffer.alloc(below(3) === 0 ? 0 : below(200), 97 + below(26));
  const header = Buffer.alloc(4);
  header.writeUInt32LE(content.length * 8 + (repeats ? 2 : 0) + (last ? 1 : 0));
  return { stored: Buffer.concat([header.subarray(0, 3), repeats ? Buffer.from('a') : content]), content };
}

/** A zstd frame whose header states any size, and which may have a checksum. Either may be wrong. */
function frame(): Buffer {
  const count = 1 + below(4);
  const blocks = Array.from({ length: count }, (_, i) => block(i === count - 1));
  const content = Buffer.concat(
    blocks.map((each, i) => (blocks[i]!.stored[0]! & 2 ? Buffer.alloc(each.content.length, 'a') : each.content)),
  );
  const stated = content.length + (below(4) === 0 ? below(3) - 1 : 0);
  const [single, sized, checked] = [below(2) === 0, below(3) > 0, below(2) === 0];
  const size = Buffer.alloc(8);
  size.writeUInt32LE(Math.max(stated, 0));
  const flags = (single ? 0x20 : 0) | (sized ? 0x80 : 0) | (checked ? 4 : 0);
  const sizeBytes = sized ? size.subarray(0, 4) : size.subarray(0, single ? 1 : 0);
  const packed = zstdCompressSync(content, { params: { [constants.ZSTD_c_checksumFlag]: 1 } });
  const checksum = checked ? Buffer.from(packed.subarray(-4)) : Buffer.alloc(0);
  if (checked && below(8) === 0) checksum[below(4)]! ^= 1;
  const magic = [0x28, 0xb5, 0x2f, 0xfd, flags, ...(single ? [] : [below(0x30)])];
  return Buffer.concat([Buffer.from(magic), sizeBytes, ...blocks.map(({ stored }) => stored), checksum]);
}

async function ours(stored: Buffer, ...steps: number[]): Promise<Buffer | null> {
  try {
    return await collect(decompress(chunked(stored, ...steps), 'zstd', tools));
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return null;
  }
}

describe('a zstd file is accepted when zstd accepts it', { skip: without('zstd') }, () => {
  let dir: string;
  before(() => {
    dir = scratch('zstd');
  });
  after(() => removeScratch(dir));

  test(`${FILES} files of small frames, however they are cut`, async () => {
    const files = Array.from({ length: FILES }, () => Buffer.concat(Array.from({ length: 1 + below(3) }, frame)));
    const names = files.map((_, i) => join(dir, `${i}.zst`));
    for (const [i, name] of names.entries()) writeFileSync(name, files[i]!);
    spawnSync('zstd', ['-d', '-q', '-q', '-f', ...names]);
    let refused = 0;
    for (const [i, file] of files.entries()) {
      const unpacked = names[i]!.slice(0, -4);
      const theirs = existsSync(unpacked) ? readFileSync(unpacked) : null;
      if (theirs === null) refused++;
      for (const steps of [[file.length], [1], [7, 1, 100]])
        assert.equal(
          (await ours(file, ...steps))?.toString('latin1'),
          theirs?.toString('latin1'),
          `file ${i}, cut by ${steps.join()}: ${file.toString('hex')}`,
        );
    }
    assert.ok(refused > FILES / 10 && refused < FILES / 2, `${refused} of ${FILES} files are refused`);
  });
});
