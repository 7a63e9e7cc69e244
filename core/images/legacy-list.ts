import { asObject, asText, textIn } from '../model/json.ts';
import { CONFIG, OCI_MANIFEST, REPOSITORIES } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { countImage, expectWithin, type ImageBudget } from './image-budget.ts';
import type { ListedImage } from './listed.ts';

/**
 * The images that the document `repositories` lists, in the format from before Docker 1.10; later versions write it,
 * too. `folder` ends with a slash, or is empty for the root. Null when it lists none that is in the archive, and in a
 * folder of the transport `dir:`. Throws a LadingError (`bad-archive`) beyond a limit.
 */
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

/**
 * What is known of a layer from its description: the file `json` of Docker before 1.10, which names the layer below.
 */
interface Description {
  path: string;
  /** The ID of the layer below; null for the lowest layer, or when the description is missing or unreadable. */
  parent: string | null;
  isReadable: boolean;
  /** True when the archive has the layer or its description. */
  isThere: boolean;
}

/**
 * Reads the files `json` that describe layers (before Docker 1.10). Each is read once, because many tags share layers.
 */
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
 * The image whose topmost layer has the ID `top`, in the format before Docker 1.10. The description of each layer names
 * the layer below it. Null when the topmost layer is missing in `folder`. Throws a LadingError (`bad-archive`) when
 * there are more layers than `LIMITS.imageLayers`, for example because the descriptions form a circle.
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
