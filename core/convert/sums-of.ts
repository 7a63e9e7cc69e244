import { PackedSums } from '../compression/layer-packer.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Sums } from '../model/inspection.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';

/** The size and checksums of a layer that Lading makes: uncompressed, and also compressed if that was asked for. */
export interface MadeSums {
  content: Sums;
  packed?: Sums;
}

/** A callback that gets the bytes of a layer that Lading makes, in the form in which they will be written. */
export type MadeCopy = (chunk: Uint8Array) => Promise<void>;

/**
 * Computes the size and the checksums of a layer from its bytes, which are not kept. If `compress` names a
 * compression, the layer is compressed, too, and the result also has the size and checksums of the compressed layer.
 * `copy` gets the bytes in the form in which they will be written; null when nobody needs them.
 */
export async function sumsOf(
  bytes: Bytes,
  compress: LayerCompression | null,
  tools: Tools,
  copy: MadeCopy | null = null,
): Promise<MadeSums> {
  const sums = new SumsTap(tools);
  const packing = compress === null || compress === 'none' ? null : new PackedSums(compress, tools, copy);
  for await (const chunk of bytes) {
    const copied = packing === null ? copy?.(chunk) : packing.update(chunk);
    await Promise.all([sums.update(chunk), copied]);
  }
  return { content: await sums.sums(), ...(packing && { packed: await packing.sums() }) };
}
