import { contentOf } from '../files/file-contents.ts';
import { mergedFiles, layersOf } from '../files/files.ts';
import { MergeBudget } from '../files/merge-budget.ts';
import type { MergedTree } from '../files/merge.ts';
import type { MergedFile } from '../files/merged-file.ts';
import { LIMITS } from '../limits.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import { printable } from '../model/bytes.ts';
import { LadingError } from '../model/errors.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { type LayerPlace, sizeOfLayers } from '../model/recipe.ts';
import { DuplicateSearch } from './duplicates.ts';
import type { Contents, ImageContents, ModeFile, OwnedFile, SizedFile, Some } from './facts.ts';
import { FolderTree } from './folders.ts';
import { Largest } from './largest.ts';
import { Ledger } from './ledger.ts';
import { usersOf } from './owners.ts';
import { bytesOfReading, bytesToContent, ReadingBudget } from './reading-budget.ts';

/**
 * The layers of an image, their merged file system (the files that all layers make together), and the ledger of what
 * each layer added, changed and deleted.
 */
interface MergedImage {
  layers: LayerPlace[];
  tree: MergedTree;
  ledger: Ledger;
}

/**
 * Reads the layers of an inspected archive's images once more, and returns facts about the files in each image. They
 * are null for an image that cannot be described. `onProgress` gets the number of decompressed bytes that were read so
 * far.
 */
export async function contentsOf(
  inspection: Inspection,
  source: Source,
  tools: Tools,
  onProgress: (bytes: number) => void = () => {},
): Promise<Contents> {
  const images: Contents['images'] = [];
  const budget = new MergeBudget(inspection.upload?.size);
  const all = layersOfImages(inspection);
  const reading = new ReadingBudget(
    all.flatMap((layers) => layers ?? []),
    inspection.upload?.size ?? 0,
  );
  let before = 0;
  for (const layers of all) {
    const read = (bytes: number) => onProgress(before + bytes);
    const wanted = layers !== null && reading.take(bytesOfReading(layers)) ? layers : null;
    const merged = wanted && (await mergedImage(inspection, wanted, source, tools, { onProgress: read, budget }));
    images.push(merged && (await imageContents(merged, reading, source, tools)));
    before += sizeOf(layers);
  }
  return { contentsVersion: 1, images };
}

/**
 * The decompressed bytes of all layers of the images that `contentsOf` describes, to show its progress: `onProgress`
 * gets numbers up to this one. A layer that several images share is counted for each of them.
 */
export function expandedBytes(inspection: Inspection): number {
  return layersOfImages(inspection).reduce((sum, layers) => sum + sizeOf(layers), 0);
}

/**
 * For each image, where each of its layers lies in the upload. Null for an image whose layers cannot be read, and for
 * each image after the first `LIMITS.contentsImages` images. A root file system counts as one image with one layer.
 */
function layersOfImages(inspection: Inspection): (LayerPlace[] | null)[] {
  const count = Math.max(1, inspection.images.length);
  return Array.from({ length: count }, (_, at) => (at < LIMITS.contentsImages ? layersOf(inspection, at) : null));
}

function sizeOf(layers: LayerPlace[] | null): number {
  return layers === null ? 0 : sizeOfLayers(layers);
}

/**
 * Merges the layers of an image into one file system, and notes what each layer changes. Returns null when the layers
 * cannot be merged (error `bad-archive`), because they are damaged or exceed a limit. `settings.budget` limits the work
 * for all images together.
 */
async function mergedImage(
  inspection: Inspection,
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
  settings: { onProgress: (bytes: number) => void; budget: MergeBudget },
): Promise<MergedImage | null> {
  const ledger = new Ledger();
  try {
    const tree = await mergedFiles(inspection, layers, source, tools, { ...settings, observer: ledger });
    return { layers, tree, ledger };
  } catch (error) {
    if (error instanceof LadingError && error.code === 'bad-archive') return null;
    throw error;
  }
}

/**
 * Returns the facts about the files of one image. For these, `/etc/passwd` and large files of equal size are read from
 * the layers. What is read is subtracted from `reading`, the number of bytes that may still be read for all images.
 * When that is too small for a file, the file is not read, and the facts that need it are missing.
 */
async function imageContents(
  image: MergedImage,
  reading: ReadingBudget,
  source: Source,
  tools: Tools,
): Promise<ImageContents> {
  const { layers, tree, ledger } = image;
  const changes = ledger.layers;
  const { wasted } = ledger;
  const bytes = changes.reduce((sum, layer) => sum + layer.bytes, 0) - wasted.bytes;
  const collector = new FactsCollector(ledger, bytes + wasted.bytes, await users(image, reading, source, tools));
  let seen = 0;
  for (const { path, file } of tree.list()) {
    collector.add(path, file);
    if (++seen % FILES_AT_ONCE === 0) await tools.breathe?.();
  }
  return {
    ...collector.facts(),
    bytes,
    wasted,
    layers: changes,
    lost: ledger.lost.map((each) => ({ ...each, path: printable(each.path) })),
    duplicates: await collector.duplicates.find(layers, reading, source, tools),
  };
}

/**
 * The number of files of which the facts are gathered at once. After that, `tools.breathe` lets other tasks of the
 * process run.
 */
const FILES_AT_ONCE = 1000;

/**
 * The numbers (uid) of the users in `/etc/passwd` of an image. Null when the image has no such file, or when it has
 * more than `LIMITS.passwdBytes` bytes. Also null when more bytes must be read to reach the file than `reading`, the
 * budget for all images, allows.
 */
async function users(
  { tree, layers }: MergedImage,
  reading: ReadingBudget,
  source: Source,
  tools: Tools,
): Promise<Set<number> | null> {
  const led = tree.resolve('etc/passwd');
  const file = led.kind === 'found' ? led.place.file : null;
  if (file === null || file.start < 0 || !/[01]/.test(file.type) || file.size > LIMITS.passwdBytes) return null;
  if (!reading.take(bytesToContent(file, layers))) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of contentOf(file, layers, source, tools)) chunks.push(copied(chunk));
  return usersOf(concat(chunks));
}

/**
 * Gathers facts about the files of an image, such as the largest ones and those with the bit set-user-ID. The files
 * are those of the file system that all layers make together. They must be added in the order of
 * `MergedTree.list`: a directory before its entries, and names in byte order.
 */
class FactsCollector {
  readonly duplicates = new DuplicateSearch();
  readonly #ledger: Ledger;
  readonly #users: Set<number> | null;
  readonly #folders: FolderTree;
  readonly #largest = new Largest<SizedFile>(LIMITS.largestFiles);
  readonly #setuid: Some<ModeFile> = { files: 0, first: [] };
  readonly #ownerless: Some<OwnedFile> = { files: 0, first: [] };
  /**
   * The contents with several paths (hard links) whose bytes were counted already. Each is given as the index of its
   * layer and the offset in bytes there: `2:512`.
   */
  readonly #counted = new Set<string>();
  #files = 0;
  #directories = 0;

  constructor(ledger: Ledger, total: number, known: Set<number> | null) {
    this.#ledger = ledger;
    this.#users = known;
    this.#folders = new FolderTree(total, ledger.wastedIn);
  }

  add(path: string, file: MergedFile): void {
    const { type, mode, uid, gid, layer } = file;
    if (this.#users?.has(uid) === false) note(this.#ownerless, () => ({ path: printable(path), uid }));
    if (type === '5') return void this.#directories++;
    this.#files++;
    const bytes = this.#bytesOf(file);
    this.#folders.add(path, bytes, layer);
    if (bytes > 0) {
      this.#largest.add({ path, bytes, layer });
      this.duplicates.add(path, file);
    }
    if ((type === '0' || type === '1') && (mode & SET_ID) !== 0)
      note(this.#setuid, () => ({ path: printable(path), mode: (mode & 0o7777).toString(8), uid, gid }));
  }

  facts() {
    return {
      files: this.#files,
      directories: this.#directories,
      folders: this.#folders.finish(),
      largest: this.#largest.sorted.map((each) => ({ ...each, path: printable(each.path) })),
      setuid: this.#setuid,
      ownerless: this.#users === null ? null : this.#ownerless,
    };
  }

  /**
   * The number of bytes of a file's content. 0 for a hard link whose content was counted already, and for a file
   * without content.
   */
  #bytesOf(file: MergedFile): number {
    const { type, start, size, layer } = file;
    if ((type !== '0' && type !== '1') || start < 0) return 0;
    if (!this.#ledger.isShared(file)) return size;
    const key = `${layer}:${start}`;
    if (this.#counted.has(key)) return 0;
    this.#counted.add(key);
    return size;
  }
}

/** The permission bits by which a program runs as its owner or as its group. */
const SET_ID = 0o6000;

/**
 * Adds a file to a list that keeps only its first files. Raises the number `some.files`. Appends what `entry` returns
 * to `some.first`, if that has fewer than `LIMITS.listedFiles` entries.
 */
function note<T>(some: Some<T>, entry: () => T): void {
  if (++some.files <= LIMITS.listedFiles) some.first.push(entry());
}
