import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { badArchive } from '../model/errors.ts';

/** The kinds of things that are counted in an image archive, such as images, names and blobs. */
export type Counted = keyof typeof COUNTED;

/**
 * For each kind of thing that is counted in an image archive: how a finding names it, and how many bytes of memory one
 * such thing is assumed to take.
 */
const COUNTED = {
  describedBytes: [
    both(
      'bytes of documents, each counted once for every image that it describes',
      '文档的总字节数（每描述一个镜像计一次）',
    ),
    4,
  ],
  jsonValues: [
    both(
      'values in its documents, each document counted once for every image that it describes',
      '文档中值的总数（文档每描述一个镜像计一次）',
    ),
    100,
  ],
  images: [both('images', '镜像数'), 2000],
  imageNames: [both('names and tags of images', '镜像名称和标签数'), 500],
  listedLayers: [both('layers that its images list', '所有镜像列出的层数'), 1000],
  descriptors: [both('entries of its indexes', '各索引的条目总数'), 200],
  blobs: [both('members that belong to images', '属于镜像的成员数'), 3000],
  imageFindings: [both('faults of its images', '镜像的问题数'), 3000],
} as const satisfies Partial<Record<keyof typeof LIMITS, readonly [Bilingual, number]>>;

/**
 * The limits on a single document or image, such as the number of layers of one image. For each, the words with which a
 * finding names what is limited.
 */
const SINGLE = {
  documentsBytes: both('bytes of documents', '文档的总字节数'),
  documentBytes: both('bytes of one document', '单个文档的字节数'),
  documentValues: both('values in one document', '单个文档中值的个数'),
  imageValues: both('values in a config, or another document of one image', '单个镜像的配置或其他文档中值的个数'),
  mistypedValues: both('values of the wrong type in one document', '单个文档中类型错误的值的个数'),
  jsonDepth: both('lists and objects within each other in a document', '文档中列表和对象的嵌套层数'),
  nameCharacters: both('characters in one name of an image', '单个镜像名称的字符数'),
  platformCharacters: both('characters in the names of a platform', '平台名称的字符数'),
  imageLayers: both('layers of one image', '单个镜像的层数'),
  indexDepth: both('indexes that lie below each other', '索引的嵌套层数'),
} as const satisfies Partial<Record<keyof typeof LIMITS, Bilingual>>;

/**
 * Counts the things that the documents of an image archive list, such as names and layers, and the bytes of memory that
 * all of them take. `LIMITS` has a limit for each kind of thing, and one for the memory.
 */
export class ImageBudget {
  readonly #counts = new Map<Counted, number>();
  #bytes = 0;

  /**
   * Counts `count` more things of the kind `what`, such as images or names. Throws a LadingError (`bad-archive`) when
   * there are then more than `LIMITS` allows, or when all counted things take too much memory.
   */
  add(what: Counted, count = 1): void {
    const exceeded = this.take(what, count);
    if (exceeded !== null) throw badArchive(exceeded);
  }

  /**
   * Counts `count` more things of the kind `what`, such as images or names. Returns the finding `limit-exceeded` when
   * there are then more than `LIMITS` allows, or when all counted things take too much memory; else null.
   */
  take(what: Counted, count = 1): Finding | null {
    const [name, bytes] = COUNTED[what];
    const all = (this.#counts.get(what) ?? 0) + count;
    this.#counts.set(what, all);
    this.#bytes += count * bytes;
    if (all > LIMITS[what]) return finding('limit-exceeded', { what: name, limit: LIMITS[what] });
    if (this.#bytes <= LIMITS.imageMemoryBytes) return null;
    return finding('limit-exceeded', { what: MEMORY, limit: LIMITS.imageMemoryBytes });
  }
}

const MEMORY = both('bytes of memory for all that its images are made of', '记录所有镜像信息所需的内存字节数');

/** Throws a LadingError (`bad-archive`) when `count` is greater than `LIMITS[what]`. Does nothing otherwise. */
export function expectWithin(what: keyof typeof SINGLE, count: number): void {
  if (count > LIMITS[what]) throw beyondLimit(SINGLE[what], LIMITS[what]);
}

/**
 * Counts one more image of an archive, with `names` names and `layers` layers. Throws a LadingError (`bad-archive`)
 * when the image has too many layers, or when all images together exceed a limit.
 */
export function countImage(budget: ImageBudget, names: number, layers: number): void {
  expectWithin('imageLayers', layers);
  budget.add('images');
  budget.add('imageNames', names);
  budget.add('listedLayers', layers);
}
