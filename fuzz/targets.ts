import type { Target } from './target.ts';
import { ARCHIVE, DOCUMENTS } from './targets/archive.ts';
import { COMPRESSIONS } from './targets/compression.ts';
import { TAR } from './targets/tar.ts';
import { CHANGES, EVENTS, INSPECT, NAMES, OPTIONS, RESULTS } from './targets/words.ts';

/** Every reader of foreign bytes, by the name that `npm run fuzz -- --only` takes. */
export const TARGETS: Record<string, Target> = {
  archive: ARCHIVE,
  documents: DOCUMENTS,
  tar: TAR,
  ...COMPRESSIONS,
  changes: CHANGES,
  inspect: INSPECT,
  options: OPTIONS,
  names: NAMES,
  events: EVENTS,
  results: RESULTS,
};
