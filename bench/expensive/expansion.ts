import { execFileSync } from 'node:child_process';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { Target } from '../targets.ts';
import { run } from './run.ts';
import { type Floor, type Series, slope } from './summary.ts';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
/**
 * The decompressed size in bytes of one compressed stream. A test file of the benchmark is one or more such streams,
 * one after the other.
 */
const PIECE = 128 * MiB;

/**
 * The compressions to measure: the name, the most CPU seconds that 1 GiB of zeros may take (a target of the benchmark),
 * and how to compress. For bzip2, xz and lz4, Lading has no native decompressor.
 */
const KINDS: { name: string; most: number; pack: (bytes: Buffer) => Uint8Array }[] = [
  { name: 'gzip', most: 2, pack: (bytes) => gzipSync(bytes) },
  { name: 'zstd', most: 2, pack: (bytes) => zstdCompressSync(bytes) },
  { name: 'bzip2', most: 5, pack: (bytes) => packedBy('bzip2', bytes) },
  { name: 'xz', most: 5, pack: (bytes) => packedBy('xz', bytes) },
  { name: 'lz4', most: 2, pack: (bytes) => packedBy('lz4', bytes) },
];

/**
 * Measures how much CPU time `lading inspect` takes for zeros in each compression. The decompressed sizes double from
 * 128 MiB to 1 GiB. Returns the measured values, and a target for 1 GiB of each compression. `floor` is the cost of a
 * small archive, which is subtracted for the targets.
 */
export async function expansions(floor: Floor): Promise<{ series: Series[]; targets: Target[] }> {
  const series: Series[] = [];
  const targets: Target[] = [];
  for (const { name, most, pack } of KINDS) {
    const points: Series['points'] = [];
    const piece = pack(Buffer.alloc(PIECE));
    for (let size = PIECE; size <= GiB; size *= 2) {
      const archive = Buffer.alloc((size / PIECE) * piece.length, piece);
      points.push({ ...(await run('inspect', { archive })), sent: archive.length, size });
    }
    const largest = points.at(-1);
    const seconds = (largest?.cpuSeconds ?? Number.NaN) - floor.inspect.cpuSeconds;
    const steep = slope(points, (point) => point.cpuSeconds - floor.inspect.cpuSeconds, 0);
    series.push({ reader: 'expansion', name: `expansion: zeros in ${name}`, points });
    targets.push({
      what: `CPU for 1 GiB of zeros in ${name}, slope ${steep.toFixed(2)}`,
      limit: `at most ${most} s`,
      figure: `${seconds.toFixed(2)} s`,
      met: seconds <= most,
    });
  }
  return { series, targets };
}

function packedBy(program: string, input: Buffer): Buffer {
  return execFileSync(program, ['-c'], { input, maxBuffer: GiB });
}
