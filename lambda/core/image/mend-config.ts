import type { ImageSource } from '../inspection.ts';
import { asList, asObject, type Json } from '../json.ts';
import { isTime } from '../time.ts';
import { DEFAULT_PLATFORM, type Platform } from './platform.ts';

/**
 * The config of an image as it is to be written. It stays the same text, and the image keeps its ID, unless something
 * in it is wrong: diffIDs, a history that is too long, a time that is none, a missing or wrong platform, the format from
 * before Docker 1.10.
 */
export function mendedConfig(source: ImageSource, platform: Platform | null): string {
  const config = asObject(JSON.parse(source.config)) ?? {};
  const diffIDs = source.layers.map((layer) => layer.content.digest);
  const mended = source.legacy ? fromLegacy(config, diffIDs) : { ...config };
  const rootfs = asObject(mended['rootfs']);
  if (JSON.stringify(rootfs?.['diff_ids']) !== JSON.stringify(diffIDs)) {
    mended['rootfs'] = { type: 'layers', diff_ids: diffIDs };
  }
  const steps = asList(mended['history']).filter((step) => asObject(step)?.['empty_layer'] !== true);
  if (steps.length > diffIDs.length) delete mended['history'];
  else if (Array.isArray(mended['history'])) mended['history'] = mended['history'].map(withoutWrongTime);
  if (source.platform !== undefined) correctPlatform(mended, source.platform);
  fillPlatform(mended, platform ?? DEFAULT_PLATFORM);
  const timely = withoutWrongTime(mended);
  const same = JSON.stringify(timely) === JSON.stringify(config);
  return same ? source.config : JSON.stringify(timely);
}

function withoutWrongTime(value: unknown): unknown {
  const json = asObject(value);
  const created = json?.['created'] ?? null;
  if (json === null || created === null || isTime(created)) return value;
  return Object.fromEntries(Object.entries(json).filter(([field]) => field !== 'created'));
}

function correctPlatform(config: Json, { os, architecture }: Platform): void {
  config['os'] = os;
  config['architecture'] = architecture;
  delete config['variant'];
}

function fillPlatform(config: Json, { os, architecture, variant }: Platform): void {
  if (
    typeof config['os'] === 'string' &&
    config['os'] !== '' &&
    typeof config['architecture'] === 'string' &&
    config['architecture'] !== ''
  )
    return;
  config['os'] = os;
  config['architecture'] = architecture;
  if (variant !== undefined) config['variant'] = variant;
}

/** Fields that describe one layer of the old format and mean nothing in an image config. */
const LEGACY_FIELDS = new Set(['id', 'parent', 'Size', 'layer_id', 'parent_id', 'container', 'throwaway']);

function fromLegacy(json: Json, diffIDs: string[]): Json {
  const config = Object.fromEntries(Object.entries(json).filter(([field]) => !LEGACY_FIELDS.has(field)));
  return { ...config, rootfs: { type: 'layers', diff_ids: diffIDs } };
}
