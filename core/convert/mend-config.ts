import { type Converters, parseJson } from '../json/spelled.ts';
import { asObject, field, type Json, listIn, textIn, withField } from '../model/json.ts';
import { DEFAULT_PLATFORM, type Platform } from '../model/platform.ts';
import { isTime } from '../model/time.ts';
import { type MergedSource, withMergedHistory } from './merged-source.ts';

/**
 * Corrects the faults of the image config in `source`, such as wrong diffIDs or invalid times, and returns its JSON
 * text. A missing platform becomes `platform`, or linux/amd64 when that is null. Images from before Docker 1.10 have
 * the description of a layer instead of a config; it is changed into a config. If nothing is wrong, the text stays as
 * it is, and the image keeps its ID. The caller must have corrected values of a wrong type before.
 */
export function mendedConfig(source: MergedSource, platform: Platform | null): string {
  const config = asObject(parseJson(source.config, WITHOUT_LOSS)) ?? {};
  const diffIDs = source.layers.map((layer) => layer.content.digest);
  const modern = source.legacy ? fromLegacy(config) : config;
  let mended = withHistory(withMergedHistory(modern, source.layers), diffIDs.length);
  if (JSON.stringify(field(field(mended, 'rootfs'), 'diff_ids')) !== JSON.stringify(diffIDs)) {
    mended = withField(mended, 'rootfs', { type: 'layers', diff_ids: diffIDs });
  }
  if (source.platform !== undefined) mended = withPlatform(mended, source.platform);
  if (!textIn(mended, 'os') || !textIn(mended, 'architecture')) {
    mended = withPlatform(mended, platform ?? DEFAULT_PLATFORM);
  }
  const text = JSON.stringify(withTime(mended));
  return text === JSON.stringify(config) ? source.config : withNumbers(text);
}

/**
 * Converts JSON values without losing digits of numbers. A whole number that JavaScript would round becomes a string: a
 * NUL character and the digits of the number. `withNumbers` writes such a string as a number again. A string of the
 * config that begins with a NUL character gets one more, so that it is not taken for a number.
 */
const WITHOUT_LOSS: Converters = {
  number(raw) {
    const number = Number(raw);
    return Number.isSafeInteger(number) || !/^-?\d+$/.test(raw) ? number : `\0${raw}`;
  },
  text: (text) => (text.startsWith('\0') ? `\0${text}` : text),
};

/** Writes the numbers in a JSON text that `WITHOUT_LOSS` made strings as numbers again, and its other strings as before. */
function withNumbers(json: string): string {
  return json.replace(
    MARKED,
    (all, digits?: string, rest?: string) => digits ?? (rest === undefined ? all : `"${rest}`),
  );
}

/**
 * Matches the beginning of a JSON string that `WITHOUT_LOSS` marked with a NUL character. Escaped quotation marks are
 * matched, too, because no string begins there.
 */
const MARKED = /\\["\\]|"\\u0000(?:(-?\d+)"|(\\u0000))/g;

/**
 * Returns an image config with a valid history. `layers` is the number of layers of the image. If more steps of the
 * history say that they made a layer, the history is removed. Otherwise, only invalid times are removed from it.
 */
function withHistory(config: Json, layers: number): Json {
  const history = listIn(config, 'history');
  const steps = history.filter((step) => field(step, 'empty_layer') !== true);
  if (steps.length > layers) return withField(config, 'history', undefined);
  const timely = history.map(withTime);
  return timely.every((step, i) => step === history[i]) ? config : withField(config, 'history', timely);
}

/** Returns an object without its field `created` if that is not a valid time. Any other value is returned as it is. */
function withTime(value: unknown): unknown {
  const created = field(value, 'created') ?? null;
  const json = asObject(value);
  return json === null || created === null || isTime(created) ? value : withField(json, 'created', undefined);
}

function withPlatform(config: Json, { os, architecture, variant }: Platform): Json {
  const named = withField(withField(config, 'os', os), 'architecture', architecture);
  return withField(named, 'variant', variant);
}

/**
 * The fields in the description of a layer from before Docker 1.10 that have no meaning in an image config. They are
 * left out when such a description is changed into an image config.
 */
const LEGACY_FIELDS = new Set(['id', 'parent', 'Size', 'layer_id', 'parent_id', 'container', 'throwaway']);

function fromLegacy(json: Json): Json {
  return Object.fromEntries(Object.entries(json).filter(([name]) => !LEGACY_FIELDS.has(name)));
}
