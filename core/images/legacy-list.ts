import { asObject, asText, textIn } from '../model/json.ts';
import { CONFIG, OCI_MANIFEST, REPOSITORIES } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { countImage, expectWithin, type ImageBudget } from './image-budget.ts';
import type { ListedImage } from './listed.ts';

/** The images that `repositories` lists in an archive from before Docker 1.10; null for other archives. */
export function legacyImages(documents: DocumentObserver, folder: string): ListedImage[] | null {
  const repositories = documents.object(`${folder}repositories`, REPOSITORIES);
  if (repositories === null || documents.object(`${folder}manifest.json`, OCI_MANIFEST) !== null) return null;
  const images: ListedImage[] = [];
  const ancestry = new Ancestry(documents, folder);
  for (const [repository, tags] of Object.entries(repositories)) {
    for (const [tag, top] of Object.entries(asObject(tags) ?? {})) {
      const image = legacyImage(ancestry, folder, asText(top) ?? '', documents.budget);
      expectWithin('nameCharacters', repository.length + tag.length);
      if (image !== null) images.push({ ...image, names: [`${repository}:${tag}`] });
    }
  }
  return images.length === 0 ? null : images;
}

/** The description of a layer (the file `json` of Docker before 1.10), which names the layer below it. */
interface Description {
  path: string;
  /** The ID of the next lower layer; null for the lowest layer. */
  parent: string | null;
  isReadable: boolean;
  /** True when the archive has the layer or its description. */
  isThere: boolean;
}

/** Reads the files `json` that describe layers (Docker before 1.10), each once, because many tags share them. */
class Ancestry {
  readonly #documents: DocumentObserver;
  readonly #folder: string;
  readonly #read = new Map<string, Description>();

  constructor(documents: DocumentObserver, folder: string) {
    this.#documents = documents;
    this.#folder = folder;
  }

  of(id: string): Description {
    const known = this.#read.get(id);
    if (known !== undefined) return known;
    const path = `${this.#folder}${id}/json`;
    const json = this.#documents.object(path, CONFIG);
    const { sizes } = this.#documents;
    const isThere = sizes.has(path) || sizes.has(`${this.#folder}${id}/layer.tar`);
    const description = { path, parent: textIn(json, 'parent'), isReadable: json !== null, isThere };
    this.#read.set(id, description);
    return description;
  }
}

/**
 * The image whose topmost layer has the ID `top`, in the format before Docker 1.10, where each layer names the layer
 * below it. Null when the topmost layer is missing. Throws a LadingError (`bad-archive`) for too many layers, for
 * example in a circle.
 */
function legacyImage(ancestry: Ancestry, folder: string, top: string, budget: ImageBudget): ListedImage | null {
  const chain: string[] = [];
  const unreadable: string[] = [];
  let steps = 0;
  for (let id: string | null = top; id !== null && id !== '';) {
    expectWithin('imageLayers', ++steps);
    const { path, parent, isReadable, isThere }: Description = ancestry.of(id);
    if (!isReadable) unreadable.push(path);
    if (isThere) chain.push(id);
    id = parent;
  }
  countImage(budget, 1, steps);
  if (chain[0] !== top) return null;
  return {
    names: [],
    tags: [],
    config: `${folder}${top}/json`,
    configDigest: null,
    layers: chain.toReversed().map((id) => ({ path: `${folder}${id}/layer.tar`, mediaType: null, digest: null })),
    manifestDigest: null,
    listedIn: ['repositories'],
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}
