import { parseJson } from '../json/spelled.ts';
import { type Digest, hex } from '../model/digest.ts';
import { asObject, field, textIn } from '../model/json.ts';
import { utf8 } from '../model/utf8.ts';
import { type SmallMember, writeMembers } from '../tar/write.ts';
import { type ListedImage, repositories } from './documents.ts';

/**
 * The content of the file `VERSION` in the folder of a layer in a Docker archive: the version of the folder's format
 * (Docker image-spec v1.2, "Combined Image JSON").
 */
const VERSION = '1.0';

/**
 * The creation time that is stated for a layer in a Docker archive, in the file `json` in the layer's folder. The
 * topmost layer of an image gets the image's creation time instead, if that is known. `docker save` writes the same.
 */
const NO_TIME = '1970-01-01T00:00:00Z';

/**
 * Makes the first bytes of an image archive in the layout `docker`, the form of `docker save` before version 25
 * (docs/formats.md). They are tar members: a folder for each layer, with the documents about the layer, then the
 * configs, `manifest.json` and `repositories`. The caller writes the layers after them.
 */
export function dockerHead(images: ListedImage[]): Promise<Uint8Array> {
  const configs = new Map(images.map(({ config, document }) => [configFile(config), document]));
  return writeMembers([
    ...layerFolders(images),
    ...[...configs].map(([name, bytes]) => ({ name, bytes })),
    { name: 'manifest.json', bytes: json(images.map(listing)) },
    { name: 'repositories', bytes: json(repositories(images)) },
  ]);
}

/**
 * The path of a layer in the layout `docker`, that of `docker save` before version 25: `layer.tar` in a folder that is
 * named by the hex digits of the layer's digest.
 */
export function layerFile(layer: Digest): string {
  return `${hex(layer)}/layer.tar`;
}

function configFile(config: Digest): string {
  return `${hex(config)}.json`;
}

/**
 * Returns the entry of an image in `manifest.json`. Image names in it are short (`app:1.2`), as in `repositories`:
 * udocker finds the config of an image only when both documents have the same name.
 */
function listing({ config, layers, names }: ListedImage): object {
  return {
    Config: configFile(config),
    RepoTags: names.map((name) => name.familiar),
    Layers: layers.map(layerFile),
  };
}

/**
 * Returns the folders of all layers, as tar members. Each folder has the files `VERSION` and `json`; `json` names the
 * layer below as the parent. A layer that occurs several times has one folder, with the parent of its first
 * occurrence.
 */
function layerFolders(images: ListedImage[]): SmallMember[] {
  const folders = new Map<Digest, object>();
  for (const image of images) {
    for (const [at, layer] of image.layers.entries()) {
      const parent = image.layers[at - 1];
      const isTop = at === image.layers.length - 1;
      const own = { id: hex(layer), ...(parent !== undefined && { parent: hex(parent) }) };
      if (!folders.has(layer))
        folders.set(layer, { ...own, ...(isTop ? topFields(image.document) : { created: NO_TIME }) });
    }
  }
  return [...folders].flatMap(([layer, document]) => [
    { name: `${hex(layer)}/`, bytes: new Uint8Array() },
    { name: `${hex(layer)}/VERSION`, bytes: utf8(VERSION) },
    { name: `${hex(layer)}/json`, bytes: json(document) },
  ]);
}

/**
 * Returns the fields of an image config that are repeated in the file `json` in the folder of the image's topmost
 * layer: `created`, `config`, `architecture` and `os`. Programs that are older than `manifest.json` read them there.
 * `document` is the image config as bytes. For a field that it lacks, an empty value is returned, or the time 1970.
 */
function topFields(document: Uint8Array): object {
  const config = asObject(parseJson(new TextDecoder().decode(document)));
  return {
    created: textIn(config, 'created') ?? NO_TIME,
    config: asObject(field(config, 'config')) ?? {},
    architecture: textIn(config, 'architecture') ?? '',
    os: textIn(config, 'os') ?? '',
  };
}

function json(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}
