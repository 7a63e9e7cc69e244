import type { Compression } from './compression.ts';
import type { Packing } from './conversion-request.ts';
import type { MendRecipe } from './mending.ts';
import { type Recipe, sizeOfLayers } from './recipe.ts';

/**
 * One part of an image archive that is to be written. It is one of four: bytes that the plan itself contains, a range
 * of the upload that is copied unchanged, a range of the upload that is first decompressed or compressed, or a tar
 * archive that is made from layers of the upload.
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

/**
 * The plan of an image archive: all its parts in order, and its exact size in bytes. A part can be, for example, bytes
 * that the plan itself contains, or a range of the upload.
 */
export interface Plan {
  parts: PlanPart[];
  size: number;
  /**
   * The CRC-32 of the whole image archive, which S3 can check. Absent if it is not known before the archive is written.
   */
  crc32?: number;
}

/** The exact number of bytes that one part of the plan of an image archive adds to the archive. */
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
 * True when at least one part of an image archive's plan must be decompressed, compressed or made from layers. S3
 * cannot copy the bytes of such a part itself, so they must pass through Lading.
 */
export function isRecoded({ parts }: Plan): boolean {
  return parts.some(({ kind }) => kind === 'recoded' || kind === 'rewritten');
}

/**
 * Makes a plan: the list of the byte ranges and new bytes (`parts`) that make up an image archive, in order, with the
 * archive's size in bytes.
 */
export function plan(parts: PlanPart[]): Plan {
  return { parts, size: parts.reduce((sum, part) => sum + partSize(part), 0) };
}

/**
 * The number of bytes that Lading reads to make one tar archive from several layers of an upload. The layers are read
 * twice. If the upload is not compressed, only the bytes of the layers are read. If it is compressed, the whole upload
 * is read each time. `size` is the size of the upload in bytes.
 */
export function bytesToRead({ layers }: Recipe, size: number): number {
  const isPacked = layers.some(({ outer }) => outer !== 'none');
  return 2 * (isPacked ? size : layers.reduce((sum, layer) => sum + layer.end - layer.start, 0));
}

/**
 * The number of bytes of the upload that Lading reads to write an image archive by its plan, when S3 copies no part of
 * it. `size` is the size of the upload in bytes.
 */
export function bytesToWrite({ parts }: Plan, size: number): number {
  let [ranges, recipes, isRead] = [0, 0, false];
  for (const part of parts) {
    if (part.kind === 'range') ranges += part.end - part.start;
    else if (part.kind === 'recoded') isRead = true;
    else if (part.kind === 'rewritten') recipes += bytesToRead(part.recipe, size);
  }
  return recipes + (isRead ? size : ranges);
}

/**
 * The number of decompressed bytes that are read before an image archive is written: those of all layers from which its
 * plan makes new tar archives. 0 when the plan makes none.
 */
export function bytesBefore({ parts }: Plan): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'rewritten' ? sizeOfLayers(part.recipe.layers) : 0), 0);
}
