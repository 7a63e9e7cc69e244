import { COMPRESSIONS } from './compressions.ts';
import { DOCUMENTS } from './documents.ts';
import type { Family } from './family.ts';
import { INDEXES_AND_MANIFESTS } from './indexes.ts';
import { LAYERS } from './layers.ts';
import { OPTION_FAMILIES } from './options.ts';
import { REWRITES } from './rewrites.ts';
import { TARS } from './tars.ts';

/** All families of expensive inputs, by reader. The benchmark measures them, and tests send them to the functions. */
export const FAMILIES: readonly Family[] = [
  ...COMPRESSIONS,
  ...TARS,
  ...LAYERS,
  ...REWRITES,
  ...DOCUMENTS,
  ...INDEXES_AND_MANIFESTS,
  ...OPTION_FAMILIES,
];
