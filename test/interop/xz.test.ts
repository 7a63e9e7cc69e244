import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CompressedFacts } from '../../core/compression/compressed-reader.ts';
import { decompress } from '../../core/compression/decompress.ts';
import { LadingError } from '../../core/model/errors.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked, collect } from '../support/bytes.ts';
import { SAMPLES } from '../support/compressed.ts';
import { randomFrom } from '../support/corpus-damage.ts';
import { removeScratch, scratch, without } from '../support/engines.ts';
import { type Lzma2Chunk, storedChunk } from '../support/lzma2-chunks.ts';
import { xzBytes } from '../support/xz-builder.ts';
import { fileOf, LINE, ofChunks, PACKED, STREAMS, withWrongFields } from '../support/xz-files.ts';

// Lading accepts an .xz file when `xz` does, and gives the same bytes. There are three differences, all of them meant:
// - After the last stream, any bytes may follow (docs/decisions/0020).
// - Dictionaries beyond the limit and the filters of Itanium and RISC-V are refused by name.
// - So are checks that the format does not define. `xz` expands such a file, but warns that it did not verify it, and
//   ends with the exit code 2, which Docker takes for a failure.
const NAMED = /\(limit-exceeded\)|with filter number (?:6|11),|with check number (?:[235-9]|1[1-5]),/;

const EMPTY = xzBytes(STREAMS['no block']!());
const TEXT = SAMPLES.xz[0]!.stored;

const SEED = Number(process.env['LADING_SEED'] ?? 1);
const DAMAGES = Number(process.env['LADING_FLIPS'] ?? 3000);
const random = randomFrom(SEED);
const tools = nativeTools({ threads: false });

type Verdict =
  | { code: null; content: Buffer; trailing: CompressedFacts['trailing'] }
  | { code: string; refusal: string };

async function ours(stored: Buffer): Promise<Verdict> {
  const facts: CompressedFacts = { members: 0, trailing: null };
  try {
    const content = await collect(decompress(chunked(stored), 'xz', tools, facts));
    return { code: null, content, trailing: facts.trailing };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    const { code, message } = error.finding;
    return { code, refusal: `${message} (${code})` };
  }
}

describe('the verdict on an .xz file is that of xz', { skip: without('xz') }, () => {
  let dir: string;
  before(() => {
    dir = scratch('xz');
  });
  after(() => removeScratch(dir));

  /** The content of each file, or null when `xz` refuses it. One process expands them all. */
  function theirs(files: Buffer[]): (Buffer | null)[] {
    const folder = mkdtempSync(join(dir, 'files-'));
    const names = files.map((_, i) => join(folder, String(i)));
    for (const [i, name] of names.entries()) writeFileSync(`${name}.xz`, files[i]!);
    const list = names.map((name) => `${name}.xz\n`).join('');
    spawnSync('xz', ['--decompress', '--quiet', '--quiet', '--files'], { input: list });
    const contents = names.map((name) => (existsSync(name) ? readFileSync(name) : null));
    rmSync(folder, { recursive: true });
    return contents;
  }

  /** Holds our verdict on each file to that of `xz`. Both verdicts must occur, or only the verdict `all`. */
  async function compare(files: Buffer[], all?: 'accepted' | 'refused'): Promise<void> {
    const verdicts: Verdict[] = [];
    for (const file of files) verdicts.push(await ours(file));
    // Without the bytes that follow the last stream, `xz` has to accept the file. Padding in fours is a part of it.
    const asked = verdicts.map((verdict, i) => {
      const end = verdict.code !== null || verdict.trailing?.zeros !== false ? undefined : verdict.trailing.offset;
      return files[i]!.subarray(0, end);
    });
    const judged = theirs(asked);
    const found = { accepted: 0, refused: 0 };
    for (const [i, verdict] of verdicts.entries()) {
      const content = judged[i]!;
      const about = `${verdict.code ?? 'accepted'}, but xz ${content === null ? 'refuses' : 'accepts'} it`;
      const file = files[i]!.subarray(0, 2000).toString('hex');
      if (verdict.code === null) assert.ok(content?.equals(verdict.content), `${about}: ${file}`);
      else assert.ok(content === null || NAMED.test(verdict.refusal), `${about}: ${file}`);
      found[verdict.code === null ? 'accepted' : 'refused'] += 1;
    }
    const { accepted, refused } = found;
    assert.ok(accepted > 0 === (all !== 'refused') && refused > 0 === (all !== 'accepted'), JSON.stringify(found));
  }

  test('what xz writes, with every check, filter, property and kind of block', async () => {
    const input = Buffer.concat([
      ...SAMPLES.xz.map((each) => each.content),
      Buffer.from(Array.from({ length: 3000 }, () => random() * 256)),
    ]);
    const checks = ['none', 'crc32', 'crc64', 'sha256'].map((check) => [`--check=${check}`]);
    const lzma2 = [
      ['-0'],
      ['-9e'],
      ...['lc=0,lp=0,pb=0', 'lc=4,lp=0,pb=4', 'lc=0,lp=4,pb=2', 'lc=2,lp=2,pb=3,dict=4KiB,nice=8'].map((each) => [
        `--lzma2=preset=6,${each}`,
      ]),
      ...['delta=dist=1', 'delta=dist=256', 'x86', 'arm', 'armthumb', 'arm64', 'powerpc', 'sparc'].map((filter) => [
        `--${filter}`,
        '--lzma2=preset=1',
      ]),
      ['--delta=dist=2', '--x86', '--delta=dist=7', '--lzma2=preset=1'],
    ];
    const blocks = [[], ['--block-size=1000'], ['-T2', '--block-size=1000'], ['--block-list=1,2,500']];
    const made = checks.flatMap((check) =>
      [...lzma2.map((each) => [...check, ...each]), ...blocks.map((each) => [...check, '-1', ...each])].map((options) =>
        execFileSync('xz', ['-c', ...options], { input }),
      ),
    );
    await compare([...made, Buffer.concat(made)], 'accepted');
  });

  test('a file that is cut off anywhere', async () => {
    const files = SAMPLES.xz.flatMap(({ stored }) => Array.from(stored, (_, length) => stored.subarray(0, length)));
    await compare(files, 'refused');
    const twice = Buffer.concat([EMPTY, Buffer.alloc(4), EMPTY]);
    await compare(Array.from({ length: twice.length }, (_, length) => twice.subarray(0, length + 1)));
  });

  for (const { name, stored } of SAMPLES.xz) {
    // A bit of a checksum, a size or a magic number is noticed; one of a filter that changes nothing need not be.
    test(`every bit flipped: ${name}`, async () => {
      const files = Array.from({ length: 8 * stored.length }, (_, bit) => {
        const flipped = Buffer.from(stored);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        return flipped;
      });
      await compare([stored, ...files]);
    });
  }

  for (const [name, make] of Object.entries(STREAMS)) {
    test(`every field wrong, with checksums that fit: ${name}`, async () => {
      await compare([xzBytes(make()), ...withWrongFields(make)]);
    });
  }

  test('streams, and what is between and after them', async () => {
    const between = [0, 1, 2, 3, 4, 5, 8, 12, 600].map((count) => Buffer.alloc(count));
    const other = [
      Buffer.from('j'),
      Buffer.from('\0\0\0\0junk'),
      Buffer.from('junk and more of it'),
      EMPTY.subarray(1),
    ];
    const pairs = [...between, ...other].flatMap((gap) => [
      Buffer.concat([EMPTY, gap]),
      Buffer.concat([EMPTY, gap, TEXT]),
      Buffer.concat([TEXT, gap, EMPTY, gap]),
      Buffer.concat([gap, TEXT]),
    ]);
    await compare(pairs);
  });

  test('dictionaries from the least to the most, and numbers beyond', async () => {
    const files = Array.from({ length: 64 }, (_, size) => fileOf({ filters: [[0x21, 1, size]] }));
    await compare(files);
  });

  test('every number of a check, with check bytes of every length', async () => {
    const files = Array.from({ length: 16 }, (_, type) =>
      [0, 4, 8, 16, 32, 64].map((length) => fileOf({ check: Buffer.alloc(length) }, type)),
    );
    await compare(files.flat());
  });

  test('filters that are known, unknown, out of place, or have odd properties', async () => {
    const last = [0x21, 1, 22];
    const ids = Array.from({ length: 128 }, (_, id) => id);
    const properties = [
      [0],
      [1, 0],
      [1, 255],
      [2, 0, 0],
      [4, 0, 0, 0, 0],
      [4, 1, 0, 0, 0],
      [4, 16, 0, 0, 0],
      [5, 0, 0],
    ];
    const first = ids.flatMap((id) => properties.map((each) => [[id, ...each], last]));
    const alone = ids.flatMap((id) => properties.map((each) => [[id, ...each]]));
    const delta = [3, 1, 0];
    const chains = [
      [last, last],
      [delta, delta, delta, last],
      [delta, delta, delta, delta, last],
      [last, delta],
    ];
    // A filter ID of several bytes is one of somebody's own.
    const own = [
      [[0x80, 0x80, 1, 0], last],
      [[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 0], last],
    ];
    await compare([...first, ...alone, ...chains, ...own].map((filters) => fileOf({ filters })));
  });

  test('every control byte, for the first chunk, and after chunks of each kind', async () => {
    const kinds: Lzma2Chunk[] = [storedChunk(1, LINE), storedChunk(2, LINE), PACKED];
    const files = Array.from({ length: 256 }, (_, control) =>
      [[], ...kinds.map((kind) => [kind]), ...kinds.map((kind) => [storedChunk(1, LINE), kind])].flatMap((earlier) =>
        kinds.map((kind) => ofChunks([...earlier, { ...kind, control }])),
      ),
    );
    await compare(files.flat());
  });

  test('chunks whose sizes, properties and ends are wrong', async () => {
    const chunk = PACKED;
    const steps = [-3, -2, -1, 1, 2, 3, 300];
    const wrong: Lzma2Chunk[] = [
      ...steps.map((step) => ({ ...chunk, size: chunk.size + step })),
      ...steps.map((step) => ({ ...chunk, packedSize: chunk.packedSize! + step })),
      ...Array.from({ length: 256 }, (_, byte) => ({ ...chunk, properties: [byte] })),
      ...[0, 1, 128, 255].map((byte) => ({ ...chunk, body: [byte, ...chunk.body.slice(1)] })),
      ...[1, 2, 3, 4, 5].map((count) => ({ ...chunk, packedSize: count, body: chunk.body.slice(0, count) })),
    ];
    // One byte more or less, with the stated size as it then is: the range coder must end exactly there.
    for (const body of [[...chunk.body, 0], [...chunk.body, 0, 0], chunk.body.slice(0, -1), chunk.body.slice(0, -2)]) {
      wrong.push({ ...chunk, body, packedSize: body.length });
    }
    await compare([chunk, ...wrong].map((each) => ofChunks([each])));
  });

  test(`chunks with random damage, which no checksum would tell (LADING_SEED=${SEED})`, async () => {
    const files = Array.from({ length: DAMAGES }, () => ofChunks([withDamage(PACKED)]));
    await compare(files);
  });
});

/** The chunk with one to three random bytes changed, of which the first byte of a range coder is none. */
function withDamage(chunk: Lzma2Chunk): Lzma2Chunk {
  const body = [...chunk.body];
  for (let count = 1 + Math.floor(random() * 3); count > 0; count--) {
    body[1 + Math.floor(random() * (body.length - 1))] = Math.floor(random() * 256);
  }
  return { ...chunk, body };
}
