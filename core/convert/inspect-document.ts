import { parseJson } from '../json/spelled.ts';
import type { FoundImage, Inspection } from '../model/inspection.ts';
import { asObject } from '../model/json.ts';

/**
 * Returns the config of an image in the form of `docker inspect`, which the option `inspect` can read again. `image`
 * is the index of the image in the archive, from 0. A container archive has no config: for it, the document states
 * only the platform, if it is known, and the diffID of the layer.
 */
export function inspectDocument({ images, sources, rootfs, content }: Inspection, image: number): object {
  const found = images[image];
  const platform = found?.platform ?? rootfs?.platform ?? null;
  return {
    ...(found?.configDigest ? { Id: found.configDigest } : {}),
    RepoTags: found?.names ?? [],
    ...(found?.created ? { Created: found.created } : {}),
    ...(platform === null ? {} : { Architecture: platform.architecture, Os: platform.os }),
    ...(platform?.variant === undefined ? {} : { Variant: platform.variant }),
    Config: configOf(found, sources[image]?.config),
    RootFS: { Type: 'layers', Layers: found?.layers.map(({ diffID }) => diffID) ?? [content?.digest] },
  };
}

function configOf(found: FoundImage | undefined, text: string | undefined): object {
  return found?.config ?? asObject(asObject(parseJson(text ?? '{}'))?.['config']) ?? {};
}
