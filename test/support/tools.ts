import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { PortableInflate } from '../../core/compression/inflate.ts';
import { type Digest, parseDigest } from '../../core/model/digest.ts';
import type { Tools } from '../../core/model/ports.ts';
import { newPacker } from '../../node/packer.ts';
import { nativeZstd } from '../../node/zstd.ts';

/** The tools of a pure core: no thread, and nothing native except for zstd, which has nothing else. */
export const plainTools: Tools = {
  newHasher() {
    const hash = createHash('sha256');
    return { update: (chunk) => void hash.update(chunk), digest: async () => asDigest(hash.digest('hex')) };
  },
  newInflate: () => new PortableInflate(),
  newZstd: nativeZstd,
  packer: newPacker(1),
  crc32: (chunk, previous) => crc32(chunk, previous),
  sumsCrc32: true,
};

/** The digest of some bytes. */
export function sha256(bytes: Uint8Array): Digest {
  return asDigest(createHash('sha256').update(bytes).digest('hex'));
}

function asDigest(hex: string): Digest {
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === null) throw new Error('not a digest');
  return digest;
}
