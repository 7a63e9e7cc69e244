import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { listing } from '../../cli/print/listing.ts';
import { filesBelow } from '../../core/files/listing.ts';
import { contentOf } from '../../core/files/file-contents.ts';
import { layersOf, memberReader, mergeLayers } from '../../core/files/files.ts';
import type { MergedFile } from '../../core/files/merged-file.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';
import type { Whiteouts } from '../../core/model/recipe.ts';
import { type TarEnd, TarScanner } from '../../core/tar/tar.ts';
import { mended } from '../../core/mend/mended.ts';
import { decideLayer } from '../../core/mend/decide-layer.ts';
import { chunked, collect } from '../../test/support/bytes.ts';
import { dockerArchive } from '../../test/support/image-builder.ts';
import { inspectBytes } from '../../test/support/inspect.ts';
import { sourceOf } from '../../test/support/memory-store.ts';
import { merged, stored } from '../../test/support/rewrite.ts';
import { nastyLayers } from '../../test/support/nasty-layers.ts';
import { archive } from '../../test/support/tar-builder.ts';
import { oddArchives } from '../../test/support/tar-seeds.ts';
import { plainTools } from '../../test/support/tools.ts';
import { assertPrintable, unlessRefused } from '../answers.ts';
import { choicesFrom, withChecksums } from '../inputs.ts';
import type { Target } from '../target.ts';
import { readEveryWay } from '../whole.ts';

/**
 * Makes tar archives, the layers of an image, from an input of the fuzzer. An input of 512 bytes or more becomes the
 * upper of two layers. The bytes of a shorter input, or of one that begins like gzip data, only choose which tar
 * members the layers have.
 */
function layersFrom(bytes: Uint8Array): Buffer[] {
  // Compressed layers are left to the target `archive`: here the config needs the digest of the content.
  if (bytes.length < 512 || bytes[0] === 0x1f) return nastyLayers(choicesFrom(bytes)).map(archive);
  return [archive([{ name: 'a/b', body: 'b' }]), withChecksums(bytes)];
}

function seeds(): Uint8Array[] {
  const choices = Array.from({ length: 12 }, (_, i) =>
    Buffer.from(Array.from({ length: 60 }, (__, at) => (at * 37 * (i + 1) + i * 11) & 0xff)),
  );
  return [...choices, ...oddArchives().filter((each) => each.length <= 6144)];
}

/**
 * The fuzz target that reads the layers of one image by the rules of the engines that unpack them. What Lading says
 * about the layers must be the same when they are compressed. The layers are also repaired and merged.
 */
export const LAYERS: Target = {
  seeds,
  async run(bytes) {
    const layers = layersFrom(bytes);
    const packed = await inspectBytes(imageOf(layers.map((each) => gzipSync(each))));
    const plain = await inspectBytes(imageOf(layers));
    assert.deepEqual(saidOfLayers(packed), saidOfLayers(plain));
    for (const layer of layers) await checkMended(layer);
    for (const whiteouts of ['applied', 'kept'] as const) await checkMerged(layers, whiteouts);
    return (await readEveryWay(imageOf(layers))) * 2;
  },
};

/**
 * Repairs a layer twice, each time read in chunks of other lengths. Throws an AssertionError when the two results
 * differ, and another error when the repaired layer is no sound tar archive. A layer that Lading refuses is passed
 * over.
 */
async function checkMended(layer: Buffer | Uint8Array): Promise<void> {
  const whole = await unlessRefused(() => mendedBytes([chunked(layer), chunked(layer)]));
  const pieces = await unlessRefused(() => mendedBytes([chunked(layer, 700, 3), chunked(layer, 1024, 5)]));
  assert.deepEqual(pieces, whole);
  if (whole !== null) await decideLayer(chunked(whole), { folder: '', alone: true }, plainTools);
}

/**
 * Merges layers into one twice, each time read in chunks of other lengths. Throws an AssertionError when the two
 * results differ, or when the merged layer is no complete tar archive. Layers that Lading refuses are passed over.
 */
async function checkMerged(layers: readonly Uint8Array[], whiteouts: Whiteouts): Promise<void> {
  const whole = await unlessRefused(() => merged(stored(layers), whiteouts));
  const pieces = await unlessRefused(() => merged(stored(layers, { sizes: [700, 3, 1024] }), whiteouts));
  assert.deepEqual(pieces, whole);
  if (whole !== null) assert.ok(membersOf(whole).marked);
}

function membersOf(bytes: Uint8Array): TarEnd {
  const scanner = new TarScanner({ member: () => 0, body() {} });
  scanner.push(bytes);
  return scanner.finish();
}

/**
 * Repairs a layer, given as two streams of the same bytes: the first shows what is to be repaired. Returns the repaired
 * layer. Null when there is nothing to repair, or when the layer has sparse files, which may expand to any size.
 */
async function mendedBytes([first, second]: readonly [Bytes, Bytes]): Promise<Buffer | null> {
  const found = await decideLayer(first, { folder: '', alone: true }, plainTools);
  if (found === null || found.changes.counts.expanded !== undefined) return null;
  return collect(mended(second, found.recipe, plainTools));
}

function imageOf(layers: Uint8Array[]): Buffer {
  return dockerArchive([{ names: ['web:1'], layers }]);
}

function saidOfLayers({ findings, shape }: Inspection): unknown {
  const codes = findings.map(({ code }) => code).filter((code) => code.startsWith('layer-'));
  return { codes: [...new Set(codes)].toSorted(), faults: [...(shape?.faults ?? [])].toSorted() };
}

/**
 * The fuzz target that merges the layers of an image, as `lading files` does. The list of the files and their contents
 * must not depend on the chunks in which the image is read.
 */
export const FILES: Target = {
  seeds,
  async run(bytes) {
    const image = imageOf(layersFrom(bytes));
    const whole = await listed(image, sourceOf(image));
    const pieces = { open: (start = 0, end = image.length) => chunked(image.subarray(start, end), 700, 3, 1024) };
    assert.deepEqual(await listed(image, pieces), whole);
    return whole?.bytes;
  },
};

/**
 * Merges the layers of an image. Returns the printed list of its files, and the size of all their contents in bytes.
 * Null when the layers cannot be read or merged.
 */
async function listed(image: Buffer, source: Source) {
  const layers = layersOf(await inspectBytes(image), 0);
  if (layers === null) return null;
  const tree = await unlessRefused(() => mergeLayers(layers, 'applied', plainTools, memberReader(source, plainTools)));
  if (tree === null) return null;
  const lines = [...listing(filesBelow(tree.root), tree.list())].join('');
  assertPrintable(lines);
  let bytes = 0;
  for (const { path, file } of tree.list()) {
    tree.resolve(path);
    if (hasContent(file)) bytes += await sizeOfContent(file, layers, source);
  }
  return { lines, bytes };
}

/** True for a file whose content is stored in a layer and has at most 4 MiB: the fuzzer reads only such contents. */
function hasContent({ type, start, size }: MergedFile): boolean {
  return (type === '0' || type === '1') && start >= 0 && size <= LARGEST_FILE;
}

const LARGEST_FILE = 2 ** 22;

async function sizeOfContent(file: MergedFile, layers: Parameters<typeof contentOf>[1], source: Source) {
  let size = 0;
  for await (const chunk of contentOf(file, layers, source, plainTools)) size += chunk.length;
  assert.equal(size, file.size, 'a file has as many bytes as the list says');
  return size;
}
