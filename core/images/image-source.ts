import { type Finding, isMendable, isMendedOnRequest } from '../catalogue/findings.ts';
import { readTyped } from '../json/typed.ts';
import type { ImageSource, LayerSource } from '../model/inspection.ts';
import { asObject } from '../model/json.ts';
import type { Platform } from '../model/platform.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ListedImage } from './listed.ts';

/**
 * The config and the layers from which a conversion can rebuild an image. `legacy` is true for an image from before
 * Docker 1.10. Returns null when the config or a layer is missing or damaged, or when `findings` has another error that
 * no conversion corrects.
 */
export function sourceOf(
  listed: ListedImage,
  documents: DocumentObserver,
  legacy: boolean,
  layers: { blob: ArchiveBlob | null }[],
  findings: Finding[],
): ImageSource | null {
  const errors = findings.filter((each) => each.severity === 'error' && !isMendable(each));
  const blocked = !errors.every(isMendedOnRequest);
  const kept = layers.filter(({ blob }) => !(legacy && blob?.stored.size === 0));
  const sources = kept.map(({ blob }) => (blob === null ? null : layerSource(blob)));
  if (blocked || listed.config === null || !sources.every((each) => each !== null)) return null;
  const odd = documents.isOdd(listed.config);
  const config = odd ? readTyped(documents.byteString(listed.config), CONFIG) : documents.typed(listed.config, CONFIG);
  if (config === null || asObject(config.json) === null) return null;
  return {
    names: listed.names,
    tags: listed.tags,
    config: config.mended,
    ...(odd ? { encoding: 'latin1' as const } : {}),
    ...(errors.length > 0 && { refused: true as const }),
    legacy,
    layers: sources,
  };
}

function layerSource(blob: ArchiveBlob): LayerSource | null {
  const { start, sparse, stored, compression, clean, content, packed } = blob;
  if (content === null || stored.digest === null) return null;
  return { start, ...(sparse && { sparse }), stored, compression, clean, content, ...(packed && { packed }) };
}

/**
 * Adds a platform to `source`, the config and layers of an image. A conversion will write this platform into the
 * config. Returns `source` unchanged when either argument is null.
 */
export function withPlatform(source: ImageSource | null, platform: Platform | null): ImageSource | null {
  return source === null || platform === null ? source : { ...source, platform };
}
