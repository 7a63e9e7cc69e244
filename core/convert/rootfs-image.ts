import type { ExecutionConfig } from '../model/config.ts';
import type { Digest } from '../model/digest.ts';
import type { Sums } from '../model/inspection.ts';
import type { PlanPart } from '../model/plan.ts';
import type { Platform } from '../model/platform.ts';
import type { Reference } from '../model/reference.ts';
import { imageConfig, normalConfig } from './documents.ts';
import type { EntryToWrite } from './layout.ts';

/** What an image of one layer is made from. */
export interface RootfsImage {
  /** The layer as it will be stored, plain or gzip. */
  layer: Sums & { gzip: boolean };
  /** The layer's digest when uncompressed. */
  diffID: Digest;
  /** Where the layer's bytes come from. */
  part: PlanPart;
  /** Without a name the image loads untagged. */
  names: Reference[];
  config: ExecutionConfig;
  platform: Platform;
  /** Seconds since the epoch; RFC 3339 has room for the years 1970 to 9999. */
  created: number;
  /** The history comment. */
  message: string | null;
}

const DEFAULT_COMMENT = 'Imported from a container export by Lading';

/** The last second of the year 9999. */
const LAST_SECOND = 253402300799;

/** The entry of an image archive for an image whose only layer is a root file system. */
export function rootfsEntry(input: RootfsImage): EntryToWrite {
  const config = normalConfig(input.config);
  const created = timestamp(input.created);
  const createdBy = `ADD ${input.diffID} in /`;
  const history = [{ created, created_by: createdBy, comment: input.message ?? DEFAULT_COMMENT }];
  const document = imageConfig(created, input.platform, config, input.diffID, history);
  const image = {
    config: Buffer.from(JSON.stringify(document)),
    layers: [{ ...input.layer, diffID: input.diffID, part: input.part }],
  };
  const names = [...new Map(input.names.map((name) => [name.canonical, name])).values()];
  return { names, image, platforms: [] };
}

function timestamp(seconds: number): string {
  const clamped = Math.min(Math.max(Math.floor(seconds), 0), LAST_SECOND);
  return new Date(clamped * 1000).toISOString().replace('.000Z', 'Z');
}
