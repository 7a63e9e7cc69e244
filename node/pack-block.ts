import { concat } from '../core/model/byte-arrays.ts';
import type { Packing } from '../core/model/conversion-request.ts';
import type { Block } from '../core/model/ports.ts';

/**
 * Compresses one block of a layer, that is a stretch which is compressed independently, on the calling thread. Returns
 * the compressed bytes. The code that compresses is loaded when the first block comes.
 */
export async function packBlock(packing: Packing, block: Block): Promise<Uint8Array<ArrayBuffer>> {
  if (packing === 'gzip') {
    const { deflateBlock } = await import('../core/compression/deflate-block.ts');
    return concat(deflateBlock(block));
  }
  const { zstdFrame } = await import('./zstd-frame.ts');
  return new Uint8Array(await zstdFrame(block.bytes));
}
