import assert from 'node:assert/strict';
import { decompress } from '../../lambda/core/archive/compression/decompress.ts';
import { LadingError } from '../../lambda/core/errors.ts';
import type { Compression } from '../../lambda/core/inspection.ts';
import type { Bytes, Tools } from '../../lambda/core/ports.ts';
import { nativeTools } from '../../lambda/shell/tools.ts';
import { BZIP2_BOMB, SAMPLES, type Sample } from '../../test/support/compressed.ts';
import { archive } from '../../test/support/tar-builder.ts';
import { plainTools } from '../../test/support/tools.ts';
import { zipOf } from '../../test/support/zip-builder.ts';
import type { Target } from '../target.ts';

const native = nativeTools({ threads: false });

const TAR = archive([{ name: 'bin/sh', body: 'x' }]);

/** One target for each compression: the content never depends on how the input was cut, nor on who inflates. */
export const COMPRESSIONS: Record<Exclude<Compression, 'none'>, Target> = {
  gzip: target('gzip', stored(SAMPLES.gzip)),
  bzip2: target('bzip2', [...stored(SAMPLES.bzip2), BZIP2_BOMB]),
  xz: target('xz', stored(SAMPLES.xz)),
  zstd: target('zstd', stored(SAMPLES.zstd)),
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

/** The most bytes of content that are read of one input. */
const MOST_CONTENT = 1 << 24;

function stored(samples: Sample[]): Uint8Array[] {
  return samples.map((each) => each.stored);
}

function target(compression: Exclude<Compression, 'none'>, seeds: Uint8Array[]): Target {
  return {
    seeds: () => seeds,
    async run(bytes) {
      const whole = await expanded(bytes, bytes.length, compression, native);
      const cut = await expanded(bytes, 7, compression, plainTools);
      assert.equal(cut, whole);
    },
  };
}

/** The content in hex, or the code of the finding that refuses it. */
async function expanded(bytes: Uint8Array, step: number, compression: Compression, tools: Tools): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  try {
    for await (const piece of decompress(cutInto(bytes, step), compression, tools)) {
      pieces.push(Buffer.from(piece));
      length += piece.length;
      if (length > MOST_CONTENT) return 'large';
    }
  } catch (error) {
    if (error instanceof LadingError && error.finding !== null) return error.finding.code;
    throw error;
  }
  return Buffer.concat(pieces).toString('hex');
}

async function* cutInto(bytes: Uint8Array, step: number): Bytes {
  for (let at = 0; at < bytes.length; at += Math.max(1, step)) yield Buffer.from(bytes.subarray(at, at + step));
}
