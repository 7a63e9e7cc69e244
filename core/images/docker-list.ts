import { byteString } from '../model/byte-string.ts';
import { asList, asText, field, listIn, textIn } from '../model/json.ts';
import { utf8 } from '../model/utf8.ts';
import { cleanPath } from '../tar/paths.ts';
import { DOCKER_MANIFEST } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { countImage, expectWithin, type ImageBudget } from './image-budget.ts';
import type { ListedImage } from './listed.ts';

/**
 * The images that Docker's list `manifest.json` in a folder of the archive names. Entries without a config are left
 * out. `folder` ends with a slash, or is empty for the root. Returns null when the file is missing or no JSON list, or
 * when it has entries of which none names a config. Throws a LadingError (`bad-archive`) when the archive exceeds a
 * limit.
 */
export function dockerImages(documents: DocumentObserver, folder: string): ListedImage[] | null {
  const json = documents.json(`${folder}manifest.json`, DOCKER_MANIFEST);
  if (!Array.isArray(json)) return null;
  const images: ListedImage[] = [];
  for (const each of json as unknown[]) {
    const image = dockerImage(each, folder, documents.budget);
    if (image !== null) images.push(image);
  }
  return images.length > 0 || json.length === 0 ? images : null;
}

function dockerImage(json: unknown, folder: string, budget: ImageBudget): ListedImage | null {
  const config = textIn(json, 'config');
  const layers = field(json, 'layers') ?? null;
  if (config === null || (layers !== null && !Array.isArray(layers))) return null;
  const names = listIn(json, 'repotags').filter((name) => typeof name === 'string');
  for (const name of names) expectWithin('nameCharacters', name.length);
  countImage(budget, names.length, asList(layers).length);
  return {
    names,
    tags: [],
    config: folder + pathInArchive(config),
    configDigest: null,
    layers: asList(layers).map((path) => ({
      path: layerPath(folder, asText(path) ?? ''),
      mediaType: null,
      digest: null,
    })),
    manifestDigest: null,
    listedIn: ['manifest.json'],
  };
}

/**
 * Converts the path of a layer in `manifest.json` to the path of the layer in the archive. `folder`, with a slash at
 * its end, is put in front of it. An empty path, as some builders write it, stays empty.
 */
function layerPath(folder: string, path: string): string {
  const inside = pathInArchive(path);
  return inside === '' ? '' : folder + inside;
}

/**
 * Converts a path from a JSON document to the form that names of tar members have here: a byte string, with one
 * character for each byte of the path in UTF-8, cleaned by `cleanPath` (for example without a leading `./`).
 */
function pathInArchive(path: string): string {
  return cleanPath(byteString(utf8(path)));
}
