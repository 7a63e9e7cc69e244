import type { Compression } from './compression.ts';
import type { Packing } from './conversion-request.ts';
import type { MendRecipe } from './mending.ts';
import { type Recipe, sizeOfLayers } from './recipe.ts';

/**
 * One part of an image archive that is to be written. There are four kinds. `bytes`: bytes that the plan itself
 * contains. `range`: a range of the upload that is copied unchanged. `recoded`: a range of the upload that is first
 * decompressed or compressed. `rewritten`: a tar archive that is made from layers of the upload.
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
   * The CRC-32 of the whole image archive as an unsigned number, which S3 can check. Absent if it is not known before
   * the archive is written.
   */
  crc32?: number;
}

/** The exact number of bytes that one part of a plan adds to the image archive. */
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
 * cannot do that, so the bytes of such an archive must pass through Lading. False when S3 can copy them.
 */
export function isRecoded({ parts }: Plan): boolean {
  return parts.some(({ kind }) => kind === 'recoded' || kind === 'rewritten');
}

/** Makes a plan from the parts of an image archive, in order: their list, and the size of the archive in bytes. */
export function plan(parts: PlanPart[]): Plan {
  return { parts, size: parts.reduce((sum, part) => sum + partSize(part), 0) };
}

/**
 * The number of bytes of the upload that Lading reads to make one tar archive from several of its layers, which are
 * read twice. If the upload is not compressed, only the bytes of the layers are read. If it is compressed, the whole
 * upload is read each time. `size` is the size of the upload in bytes.
 */
export function bytesToRead({ layers }: Recipe, size: number): number {
  const isPacked = layers.some(({ outer }) => outer !== 'none');
  return 2 * (isPacked ? size : layers.reduce((sum, layer) => sum + layer.end - layer.start, 0));
}

/**
 * The number of bytes of the upload that Lading reads to write an image archive by its plan, when Lading copies all
 * bytes itself instead of S3. `size` is the size of the upload in bytes.
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
 * The number of bytes that are read, after decompression, before an image archive is written: those of all layers from
 * which its plan makes new tar archives. 0 when the plan makes none.
 */
export function bytesBefore({ parts }: Plan): number {
  return parts.reduce((sum, part) => sum + (part.kind === 'rewritten' ? sizeOfLayers(part.recipe.layers) : 0), 0);
}
