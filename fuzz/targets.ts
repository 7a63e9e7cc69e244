import type { Target } from './target.ts';
import { ARCHIVE, DOCUMENTS } from './targets/archive.ts';
import { COMPRESSIONS } from './targets/compression.ts';
import { FILES, LAYERS } from './targets/layers.ts';
import { RESULTS } from './targets/results.ts';
import { SERVICE } from './targets/service.ts';
import { SNIFF, TAR } from './targets/tar.ts';
import { CHANGES, EVENTS, INSPECT, METADATA, NAMES, OPTIONS } from './targets/words.ts';

/**
 * The fuzz targets, by the names that `npm run fuzz -- --only` takes: one for each part of Lading that reads bytes
 * which a stranger wrote.
 */
export const TARGETS: Record<string, Target> = {
  sniff: SNIFF,
  ...COMPRESSIONS,
  tar: TAR,
  layers: LAYERS,
  documents: DOCUMENTS,
  archive: ARCHIVE,
  service: SERVICE,
  files: FILES,
  options: OPTIONS,
  metadata: METADATA,
  changes: CHANGES,
  inspect: INSPECT,
  names: NAMES,
  events: EVENTS,
  results: RESULTS,
};
