import type { Compression } from './compression.ts';
import type { Packing } from './conversion-request.ts';
import type { MendRecipe } from './mending.ts';
import { type Recipe, sizeOfLayers } from './recipe.ts';

/**
 * A part of the image archive to be written: given bytes, a range of the upload as it is, a range of the upload that is
 * decompressed or compressed first, or a tar archive that is made from layers of the upload.
 */
export type PlanPart =
  | { kind: 'bytes'; bytes: Uint8Array }
  // Bytes of the stored upload, from `start` up to and without `end`.
  | { kind: 'range'; start: number; end: number }
  // Bytes of the decompressed upload, from `start` up to and without `end`, which give `size` bytes in the image
  // archive. They are decompressed if `inner` names a compression, and compressed if `pack` names one. If `sparse` is set,
  // they are a sparse file with its headers, of which only the content is taken. `mend` says how the layer is mended.
  | {
      kind: 'recoded';
      outer: Compression;
      start: number;
      end: number;
      inner: Compression;
      pack?: Packing;
      sparse?: true;
      mend?: MendRecipe;
      size: number;
    }
  // A tar archive that is made from layers of the upload, member by member, and compressed if `pack` names a compression.
  // It gives `size` bytes in the image archive.
  | { kind: 'rewritten'; recipe: Recipe; pack?: Packing; size: number };

/** The list of parts that make up an image archive, in order, and its exact size in bytes. Nothing is written yet. */
export interface Plan {
  parts: PlanPart[];
  size: number;
  /** The CRC-32 of the whole image archive, if it is known before writing. A store can check it. */
  crc32?: number;
}

/** The exact number of bytes that a part of a plan adds to the image archive. */
export function partSize(part: PlanPart): number {
  switch (part.kind) {
    case 'bytes':
      return part.bytes.length;
    case 'range':
      return part.end - part.start;
    case 'recoded':
    case 'rewritten':
      return part.size;
  }
}

/**
 * True when some part of a plan is decompressed, compressed or rewritten. S3 cannot copy such a part itself, so its
 * bytes must pass through Lading.
 */
export function isRecoded({ parts }: Plan): boolean {
  return parts.some(({ kind }) => kind === 'recoded' || kind === 'rewritten');
}

/** Makes a plan from its parts, and adds up its size. */
export function plan(parts: PlanPart[]): Plan {
  return { parts, size: parts.reduce((sum, part) => sum + partSize(part), 0) };
}

/** The number of bytes of an upload of `size` bytes that are read to follow a recipe, which reads all layers twice. */
export function bytesToRead({ layers }: Recipe, size: number): number {
  const isPacked = layers.some(({ outer }) => outer !== 'none');
  return 2 * (isPacked ? size : layers.reduce((sum, layer) => sum + layer.end - layer.start, 0));
}

/** The number of bytes of an upload of `size` bytes that are read to write a plan whose parts S3 cannot copy. */
export function bytesToWrite({ parts }: Plan, size: number): number {
  let [ranges, recipes, isRead] = [0, 0, false];
  for (const part of parts) {
    if (part.kind === 'range') ranges += part.end - part.start;
    else if (part.kind === 'recoded') isRead = true;
    else if (part.kind === 'rewritten') recipes += bytesToRead(part.recipe, size);
  }
  return recipes + (isRead ? size : ranges);
}

/** The number of bytes of layers that are read, without writing anything, for the rewritten parts of a plan. */
export function bytesBefore({ parts }: Plan): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'rewritten' ? sizeOfLayers(part.recipe.layers) : 0), 0);
}
