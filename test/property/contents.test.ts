import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { contentsOf } from '../../core/contents/contents.ts';
import { Dive } from '../support/dive.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { sourceOf } from '../support/memory-store.ts';
import { withoutOracle } from '../support/oracles.ts';
import { archive, type Entry } from '../support/tar-builder.ts';
import { plainTools } from '../support/tools.ts';

// The figures about layers are held against those of dive, on layers as builders write them. Hard links, opaque
// directories and files in the place of directories are left out: dive takes them for something else
// (docs/decisions/0092), and the tests of core/contents have them. LADING_SEED sets the seed.

const skip = withoutOracle('contents');
const seed = Number(process.env['LADING_SEED'] ?? 20_261_129);
const IMAGES = 150;

let dive: Dive;
before(async () => {
  if (skip === false) dive = await Dive.start();
});
after(async () => {
  if (skip === false) await dive.stop();
});

/** Makes the layers of images at random, and knows which files there are. */
class Builder {
  #state: number;
  readonly #files = new Set<string>();
  /** The folders that there are, also those that have become empty. */
  readonly #folders = new Set<string>();
  /** The folders that were deleted. Dive counts the bytes in one twice when its path is used again. */
  readonly #gone = new Set<string>();

  constructor(from: number) {
    this.#state = from;
  }

  layers(): Entry[][] {
    return Array.from({ length: 1 + this.#below(6) }, () => this.#layer());
  }

  #layer(): Entry[] {
    const touched = new Set<string>();
    const entries: Entry[] = [];
    for (let i = this.#below(12); i >= 0; i--) {
      const path = this.#below(3) === 0 && this.#files.size > 0 ? this.#existing() : this.#path();
      // A builder compares two file systems, so that it writes about a path only once.
      if ([...touched].some((each) => each === path || each.startsWith(`${path}/`) || path.startsWith(`${each}/`)))
        continue;
      const isThere = this.#files.has(path);
      if (this.#below(3) === 0 && isThere) entries.push(...this.#deletion(path, touched));
      else if (isThere || this.#isFree(path)) {
        entries.push(...this.#addition(path));
        touched.add(path);
      }
    }
    return entries;
  }

  #isFree(path: string): boolean {
    const above = foldersOf(path).map(({ name }) => name.slice(0, -1));
    return (
      ![path, ...above].some((each) => this.#gone.has(each)) &&
      !this.#folders.has(path) &&
      !above.some((each) => this.#files.has(each))
    );
  }

  /** The whiteout of a file, or of the folder that it is in if nothing else of it was touched. */
  #deletion(path: string, touched: Set<string>): Entry[] {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const isWhole =
      folder !== '' && this.#below(2) === 0 && ![...touched].some((each) => each.startsWith(`${folder}/`));
    const gone = isWhole ? folder : path;
    for (const all of [this.#files, this.#folders])
      for (const each of all) if (each === gone || each.startsWith(`${gone}/`)) all.delete(each);
    touched.add(gone);
    if (isWhole) this.#gone.add(gone);
    const at = gone.lastIndexOf('/') + 1;
    return [...foldersOf(gone), { name: `${gone.slice(0, at)}.wh.${gone.slice(at)}` }];
  }

  #addition(path: string): Entry[] {
    this.#files.add(path);
    for (const { name } of foldersOf(path)) this.#folders.add(name.slice(0, -1));
    const isLink = this.#below(8) === 0;
    const entry = isLink
      ? { name: path, type: '2', linkname: 'x' }
      : { name: path, body: 'x'.repeat(this.#below(5000)) };
    return [...foldersOf(path), entry];
  }

  #existing(): string {
    return [...this.#files][this.#below(this.#files.size)] ?? '';
  }

  #path(): string {
    return Array.from({ length: 1 + this.#below(4) }, () => 'abcdef'[this.#below(6)]).join('/');
  }

  /** A pseudo-random number from 0 to below `bound` (mulberry32). */
  #below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }
}

/** The members of the folders above a path. Dive takes a folder without a member for a file. */
function foldersOf(path: string): Entry[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => ({ name: `${names.slice(0, at + 1).join('/')}/`, type: '5' }));
}

/** A layer with each folder once, as a builder writes it. */
function withoutRepeats(entries: Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}

test(
  `${IMAGES} images (seed ${seed}) have the changes, sizes and wasted bytes that dive's trees have`,
  { skip },
  async () => {
    let wasted = 0;
    for (let i = 0; i < IMAGES; i++) {
      const layers = new Builder(seed + i).layers().map((entries) => archive(withoutRepeats(entries)));
      const theirs = await dive.figures(layers);
      assert.equal(theirs.Error, undefined);
      const bytes = dockerArchive([{ names: ['a:1'], layers }]);
      const [ours] = (await contentsOf(await inspectBytes(bytes), sourceOf(bytes), plainTools)).images;
      assert.ok(ours !== null && ours !== undefined);
      const amount = ({ files, bytes: size }: { files: number; bytes: number }) => ({ Files: files, Bytes: size });
      const name = `image ${i} of seed ${seed}`;
      assert.deepEqual(
        ours.layers.map((each) => ({
          Added: amount(each.added),
          Changed: amount(each.changed),
          Deleted: amount(each.deleted),
        })),
        theirs.Layers,
        name,
      );
      assert.deepEqual(amount(ours), theirs.Merged, name);
      assert.equal(ours.wasted.bytes, theirs.Wasted - theirs.Kept + theirs.Missed, name);
      wasted += ours.wasted.bytes;
    }
    assert.ok(wasted > IMAGES * 1000, 'layers waste something');
  },
);
