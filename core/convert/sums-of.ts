import { PackedSums } from '../compression/layer-packer.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Sums } from '../model/inspection.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';

/** The size and checksums of a layer that Lading makes: as it is, and compressed if that was asked for. */
export interface MadeSums {
  content: Sums;
  packed?: Sums;
}

/** Computes the checksums of a layer from its bytes, without keeping any of them. */
export async function sumsOf(bytes: Bytes, compress: LayerCompression | null, tools: Tools): Promise<MadeSums> {
  const sums = new SumsTap(tools);
  const packing = compress === null || compress === 'none' ? null : new PackedSums(compress, tools);
  for await (const chunk of bytes) {
    await sums.update(chunk);
    await packing?.update(chunk);
  }
  return { content: await sums.sums(), ...(packing && { packed: await packing.sums() }) };
}
