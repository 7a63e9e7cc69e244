import type { ExecutionConfig } from '../model/config.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Digest } from '../model/digest.ts';
import type { Sums } from '../model/inspection.ts';
import type { PlanPart } from '../model/plan.ts';
import type { Platform } from '../model/platform.ts';
import type { Reference } from '../model/reference.ts';
import { utf8 } from '../model/utf8.ts';
import { imageConfig, normalConfig } from './documents.ts';
import type { EntryToWrite } from './layout.ts';

/** The values from which the image of a root file system is made; its only layer is that file system. */
export interface RootfsImage {
  /** The size and checksums of the layer as it will be stored, and its compression. */
  layer: Sums & { compression: LayerCompression };
  /** The layer's diffID, which is the digest of the layer when it is not compressed. */
  diffID: Digest;
  /**
   * The part of the plan, the list of what is written to the image archive, that has the bytes of the image's only
   * layer.
   */
  part: PlanPart;
  /** The names of the image; empty for an image that is loaded without a name. */
  names: Reference[];
  config: ExecutionConfig;
  platform: Platform;
  /**
   * The time at which the image was created, in seconds since 1970. A negative time is replaced by 0. A time after the
   * year 9999 is replaced by the last second of that year, because RFC 3339 cannot express it.
   */
  created: number;
  /** The comment in the image's history; null for the default comment. */
  message: string | null;
}

const DEFAULT_COMMENT = 'Imported from a container export by Lading';

/** The last second of the year 9999, in seconds since 1970. RFC 3339 cannot express a later time. */
const LAST_SECOND = 253402300799;

/**
 * Makes the entry of an image archive for an image whose only layer is a root file system. Makes the image's config,
 * too. Names that are given twice are written once.
 */
export function rootfsEntry(input: RootfsImage): EntryToWrite {
  const config = normalConfig(input.config);
  const created = timestamp(input.created);
  const createdBy = `ADD ${input.diffID} in /`;
  const history = [{ created, created_by: createdBy, comment: input.message ?? DEFAULT_COMMENT }];
  const document = imageConfig(created, input.platform, config, input.diffID, history);
  const image = {
    config: utf8(JSON.stringify(document)),
    layers: [{ ...input.layer, diffID: input.diffID, part: input.part }],
  };
  const names = [...new Map(input.names.map((name) => [name.canonical, name])).values()];
  return { names, image, platforms: [] };
}

function timestamp(seconds: number): string {
  const clamped = Math.min(Math.max(Math.floor(seconds), 0), LAST_SECOND);
  return new Date(clamped * 1000).toISOString().replace('.000Z', 'Z');
}
