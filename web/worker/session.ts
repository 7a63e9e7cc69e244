import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { contentsOf } from '../../core/contents/contents.ts';
import type { ImageContents } from '../../core/contents/facts.ts';
import { convert } from '../../core/convert/convert.ts';
import { withNewLayers } from '../../core/convert/new-layers.ts';
import { contentOf } from '../../core/files/file-contents.ts';
import { mergedFiles, layersOf } from '../../core/files/files.ts';
import type { MergedTree } from '../../core/files/merge.ts';
import type { MergedFile } from '../../core/files/merged-file.ts';
import { inspect } from '../../core/inspect/inspect.ts';
import { LIMITS } from '../../core/limits.ts';
import { type ArchiveManifest, manifestOf } from '../../core/manifest/manifest.ts';
import type { LayerPlace } from '../../core/model/recipe.ts';
import type { ConversionRequest } from '../../core/model/conversion-request.ts';
import type { Converted } from '../../core/model/converted.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import type { Plan } from '../../core/model/plan.ts';
import type { Bytes, Source, Tools } from '../../core/model/ports.ts';
import { parseOptions } from '../../core/options/options.ts';
import type { RawOptions } from '../../core/options/table.ts';
import { type FileRow, FileTree } from './file-tree.ts';
import type { Hashing } from './hashing.ts';
import { collected, keptImage, slicedImage, writeImage } from './save.ts';
import { sourceOf } from './source.ts';

declare const LADING_VERSION: string;

/**
 * The answer to a request for a conversion: what is wrong with the options, or what the archive would become. `image`
 * says what the image archive is made of: `sliced`, only slices of the opened file and new bytes; `recoded`, also bytes
 * that must be decompressed, compressed or rewritten first; `none`, there will be none.
 */
export type Planned =
  | { kind: 'wrong'; problem: Bilingual; remedy: Bilingual }
  | { kind: 'planned'; manifest: ArchiveManifest; image: 'none' | 'sliced' | 'recoded' };

/** The number of lines in the file tree of an image; null when its files cannot be read, or no file tree is open. */
export type TreeLength = number | null;

/**
 * The beginning of a file in an image, at most `LIMITS.shownTextBytes`, decoded as text. `text` is null when these
 * bytes are no text. `whole` is false when the file has more bytes.
 */
export interface ShownText {
  text: string | null;
  whole: boolean;
}

/**
 * The answer when the user asks for layers compressed with zstd: this page cannot do that, because the encoder would
 * add 340 kB to it.
 */
const NO_ZSTD = {
  problem: both('This page cannot compress with zstd.', '本页面无法用 zstd 压缩。'),
  remedy: both(
    'Write gzip or none, or use the command line: `lading convert --compress zstd`.',
    '请写 gzip 或 none，或使用命令行：`lading convert --compress zstd`。',
  ),
};

/** The error of a call that was stopped by the user. */
export class Stopped extends Error {}

/** The parts of the page whose work the user can stop. */
export type PagePart = 'convert' | 'files' | 'contents';

/** The archive that the page has open, in its web worker. The methods are the calls that the page can make. */
export class Session {
  readonly #tools: Tools;
  readonly #hashing: Hashing;
  readonly #onProgress: (bytes: number) => void;
  #file = new File([], '-');
  /** For each part of the page, the controller that stops the newest call that reads the archive for that part. */
  readonly #stops = new Map<PagePart, AbortController>();
  #inspection: Inspection | null = null;
  #compress: ConversionRequest['compress'] = null;
  #plan: Plan | null = null;
  #layers: LayerPlace[] = [];
  #merged: MergedTree | null = null;
  #tree: FileTree | null = null;

  /** `onProgress` is called with the number of bytes that the current call has read or written so far. */
  constructor(tools: Tools, hashing: Hashing, onProgress: (bytes: number) => void) {
    this.#tools = tools;
    this.#hashing = hashing;
    this.#onProgress = onProgress;
  }

  /** Opens an archive and inspects it. Returns the archive manifest, the JSON value that says what was found. */
  async open(file: File): Promise<ArchiveManifest> {
    this.#file = file;
    const started = performance.now();
    const inspection = await this.#inspect(null, sourceOf(file));
    return this.#manifest(inspection, null, null, started);
  }

  /**
   * Plans the image archive that the options ask for, and returns its description, or what is wrong with the options.
   * `output` is the file name that the user will save it under.
   */
  async plan(raw: RawOptions, output: string): Promise<Planned> {
    const started = performance.now();
    const parsed = parseOptions(raw, this.#file.name);
    if (!parsed.ok) return { kind: 'wrong', problem: parsed.problem, remedy: parsed.remedy };
    const request = parsed.value;
    if (request.compress === 'zstd') return { kind: 'wrong', ...NO_ZSTD };
    const source = this.#source('convert');
    // The size and the digest of a compressed layer are known only after it was compressed once.
    const seen = await this.#inspected(request.compress, source);
    const { inspection } = await withNewLayers(seen, request, source, this.#tools, {
      onProgress: this.#onProgress,
    });
    const converted = await convert(inspection, request, this.#tools, { always: true });
    const manifest = this.#manifest(inspection, converted, output, started);
    this.#plan = converted.kind === 'converted' ? converted.conversion.plan : null;
    if (this.#plan === null) return { kind: 'planned', manifest, image: 'none' };
    return { kind: 'planned', manifest, image: slicedImage(this.#plan, this.#file) === null ? 'recoded' : 'sliced' };
  }

  /**
   * Makes the image archive that was planned last. Returns it as a blob, or null when it was written to `target` or
   * when nothing was planned. `target` is the file on disk that the user has chosen; null for none.
   */
  async save(target: FileSystemFileHandle | null): Promise<Blob | null> {
    const plan = this.#plan;
    if (plan === null) return null;
    const sliced = slicedImage(plan, this.#file);
    if (sliced !== null) return sliced;
    if (target === null) return await keptImage(plan, this.#source('convert'), this.#tools, this.#onProgress);
    await writeImage(plan, this.#source('convert'), this.#tools, target, this.#onProgress);
    return null;
  }

  /**
   * Reads the file system of an image (index from 0), and returns the number of lines in its file tree. Null when its
   * files cannot be read.
   */
  async openTree(image: number): Promise<TreeLength> {
    const source = this.#source('files');
    const inspection = await this.#inspected(this.#compress, source);
    const layers = layersOf(inspection, image);
    if (layers === null) return null;
    this.#layers = layers;
    this.#merged = await mergedFiles(inspection, layers, source, this.#tools, { onProgress: this.#onProgress });
    const tree = new FileTree(this.#merged);
    this.#tree = tree;
    // After the answer, while the user looks at the first lines.
    setTimeout(() => tree.prepare(), 0);
    return tree.length;
  }

  /**
   * Reads the archive once more, and returns the facts about the files inside each image, such as the largest ones.
   * Null for an image whose files cannot be read.
   */
  async contents(): Promise<(ImageContents | null)[]> {
    const source = this.#source('contents');
    const inspection = await this.#inspected(this.#compress, source);
    return (await contentsOf(inspection, source, this.#tools, this.#onProgress)).images;
  }

  async rows(from: number, to: number): Promise<FileRow[]> {
    return this.#tree?.rows(from, to) ?? [];
  }

  async toggle(index: number): Promise<TreeLength> {
    this.#tree?.toggle(index);
    return this.#tree?.length ?? null;
  }

  async search(text: string): Promise<TreeLength> {
    this.#tree?.search(text);
    return this.#tree?.length ?? null;
  }

  /**
   * Reads the beginning of a file of the image, at most `LIMITS.shownTextBytes`, and decodes it. The field `text` of
   * the answer is null when these bytes are no text, or when this path has no regular file.
   */
  async text(path: string): Promise<ShownText> {
    const file = this.#fileAt(path);
    if (file === null) return { text: null, whole: true };
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    let seen = 0;
    for await (const chunk of this.#content(file)) {
      chunks.push(chunk.slice(0, LIMITS.shownTextBytes - seen));
      seen += chunk.length;
      if (seen >= LIMITS.shownTextBytes) break;
    }
    const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
    const isText = !bytes.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27));
    return { text: isText ? new TextDecoder().decode(bytes) : null, whole: file.size <= LIMITS.shownTextBytes };
  }

  /**
   * The content of a file of the image. It is a slice of the opened archive if it is stored there without compression;
   * otherwise it is collected in memory. Null when this path has no regular file. Throws `TooLarge` when more than
   * `LIMITS.collectedBytes` would have to be collected.
   */
  async content(path: string): Promise<Blob | null> {
    const file = this.#fileAt(path);
    if (file === null) return null;
    const layer = this.#layers[file.layer];
    if (layer?.outer === 'none' && layer.inner === 'none' && !layer.sparse && file.sparse === null)
      return this.#file.slice(layer.start + file.start, layer.start + file.start + file.size);
    return await collected(this.#content(file), file.size);
  }

  /** Stops the call that reads the archive for a part of the page at its next chunk; the call throws `Stopped`. */
  async stop(part: PagePart): Promise<void> {
    this.#stops.get(part)?.abort(new Stopped());
  }

  /**
   * Makes a source of the archive's bytes for a part of the page. The source throws `Stopped` when the user stops the
   * work for this part. Also tells the page that 0 bytes were read so far.
   */
  #source(part: PagePart): Source {
    const stop = new AbortController();
    this.#stops.set(part, stop);
    this.#onProgress(0);
    return sourceOf(this.#file, stop.signal);
  }

  #fileAt(path: string): MergedFile | null {
    const found = this.#merged?.resolve(path);
    const file = found?.kind === 'found' ? found.place.file : null;
    return file !== null && file.start >= 0 && (file.type === '0' || file.type === '1') ? file : null;
  }

  #content(file: MergedFile): Bytes {
    return contentOf(file, this.#layers, sourceOf(this.#file), this.#tools);
  }

  /**
   * Returns the inspection, the result of reading the archive once, for a conversion whose option `compress` has this
   * value. Reads the archive again if the last inspection was made for another value of this option.
   */
  async #inspected(compress: ConversionRequest['compress'], source: Source): Promise<Inspection> {
    if (this.#inspection !== null && compress === this.#compress) return this.#inspection;
    return await this.#inspect(compress, source);
  }

  async #inspect(compress: ConversionRequest['compress'], source: Source): Promise<Inspection> {
    const file = this.#file;
    this.#inspection = await inspect(source.open(), this.#tools, {
      name: file.name,
      compress,
      onProgress: this.#onProgress,
      hasher: this.#hashing.newFileHasher(),
    });
    this.#compress = compress;
    return this.#inspection;
  }

  #manifest(
    inspection: Inspection,
    converted: Converted | null,
    output: string | null,
    started: number,
  ): ArchiveManifest {
    const { name, size } = this.#file;
    const made = converted?.kind === 'converted' && output !== null;
    return manifestOf({
      source: { bucket: null, key: name, versionId: null, etag: null, sequencer: null, size, digest: null },
      inspection,
      converted,
      result: made ? { key: output, uri: output } : null,
      cost: { bytesRead: size, bytesSent: 0, seconds: (performance.now() - started) / 1000 },
      version: LADING_VERSION,
    });
  }
}
