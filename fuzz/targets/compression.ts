import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decompress } from '../../core/compression/decompress.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { SingleCompression } from '../../core/model/compression.ts';
import type { Tools } from '../../core/model/ports.ts';
import { nativeTools } from '../../node/tools.ts';
import { chunked } from '../../test/support/bytes.ts';
import { BZIP2_BOMB, LZ4_LEGACY, LZMA_BOMB, type Sample, SAMPLES } from '../../test/support/compressed.ts';
import { archive } from '../../test/support/tar-builder.ts';
import { plainTools } from '../../test/support/tools.ts';
import { zipOf } from '../../test/support/zip-builder.ts';
import type { Target } from '../target.ts';

const native = nativeTools({ threads: false });

const TAR = archive([{ name: 'bin/sh', body: 'x' }]);

/**
 * For each compression, the fuzz target that decompresses inputs. The content must not depend on how the input is cut
 * into chunks, nor on whether native or portable code decompresses it.
 */
export const COMPRESSIONS: Record<SingleCompression, Target> = {
  gzip: target('gzip', stored(SAMPLES.gzip)),
  bzip2: target('bzip2', [...stored(SAMPLES.bzip2), BZIP2_BOMB]),
  xz: target('xz', stored(SAMPLES.xz)),
  zstd: target('zstd', stored(SAMPLES.zstd)),
  lz4: target('lz4', [...stored(SAMPLES.lz4), LZ4_LEGACY.stored]),
  lzma: target('lzma', [...stored(SAMPLES.lzma), LZMA_BOMB]),
  zip: target('zip', [
    zipOf([{ name: 'app.tar', body: TAR }]),
    zipOf(
      [
        { name: 'app/', body: TAR.subarray(0, 0) },
        { name: 'app/app.tar', body: TAR },
      ],
      { streamed: true },
    ),
  ]),
};

/**
 * The number of decompressed bytes after which the fuzz target stops reading an input, so that there is time for many
 * inputs.
 */
const MOST_CONTENT = 2 ** 21;

function stored(samples: Sample[]): Uint8Array[] {
  return samples.map((each) => each.stored);
}

function target(compression: SingleCompression, seeds: Uint8Array[]): Target {
  return {
    seeds: () => seeds,
    async run(bytes) {
      const whole = await expand(bytes, [bytes.length], compression, native);
      const cut = await expand(bytes, [7, 1, 100], compression, plainTools);
      // Reading ends within a piece of the limit, so one of the two may find a fault that the other does not reach.
      if (whole.answer !== 'large' && cut.answer !== 'large') assert.equal(cut.answer, whole.answer);
      return whole.size + cut.size;
    },
  };
}

/**
 * Decompresses a fuzzer's input, cut into chunks whose lengths are `steps`, over and over. Returns `answer`: the digest
 * of the content as hex digits, or `large` when it has more than 2 MiB. When Lading refuses the input, `answer` is the
 * code of the finding (Lading's message to the user). `size` is the number of decompressed bytes.
 */
async function expand(bytes: Uint8Array, steps: number[], compression: SingleCompression, tools: Tools) {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const piece of decompress(chunked(bytes, ...steps), compression, tools)) {
      hash.update(piece);
      size += piece.length;
      if (size > MOST_CONTENT) return { answer: 'large', size };
    }
    return { answer: hash.digest('hex'), size };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { answer: error.finding.code as string, size };
  }
}
