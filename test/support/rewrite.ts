import type { Bytes, Source } from '../../core/model/ports.ts';
import type { LayerPlace, Whiteouts } from '../../core/model/recipe.ts';
import { rewritten } from '../../core/rewrite/rewritten.ts';
import { TarScanner } from '../../core/tar/tar.ts';
import { chunked, collect } from './bytes.ts';
import type { Entry } from './tar-builder.ts';
import { plainTools } from './tools.ts';

/** Layers in an upload, and the places at which they lie in it. */
export interface Stored {
  source: Source;
  layers: LayerPlace[];
}

/** Stores layers behind each other in an upload, in the given order. `sizes` are those of the chunks that it is read in. */
export function stored(
  archives: readonly Uint8Array[],
  { order = archives.map((_, i) => i), sizes = [] }: { order?: number[]; sizes?: number[] } = {},
): Stored {
  const layers: LayerPlace[] = [];
  let start = 0;
  for (const i of order) {
    const { length: size } = archives[i] ?? [];
    layers[i] = { outer: 'none', start, end: start + size, inner: 'none', sparse: false, size };
    start += size;
  }
  const upload = Buffer.concat(order.map((i) => archives[i] ?? new Uint8Array()));
  const open = (from?: number, to?: number): Bytes => chunked(upload.subarray(from, to), ...sizes);
  return { source: { open }, layers };
}

/** The archive that the layers become. */
export function merged({ source, layers }: Stored, whiteouts: Whiteouts = 'applied'): Promise<Buffer> {
  return collect(rewritten({ layers, whiteouts }, source, plainTools));
}

/** The members of an archive as entries, to be compared or unpacked. Bodies are those of small files. */
export function entriesOf(archive: Uint8Array): Entry[] {
  const entries: Entry[] = [];
  const scanner = new TarScanner({
    member: ({ name, type, mode, mtime, linkname, size }) => {
      entries.push({ name, type, mode, mtime, linkname, body: '' });
      return size;
    },
    body: (_, bytes) => Object.assign(entries.at(-1) ?? {}, { body: Buffer.from(bytes).toString('latin1') }),
  });
  scanner.push(archive);
  scanner.finish();
  return entries;
}

/** A file, directory or link in a model of a file system. Hard links are the same object. */
interface Inode {
  type: string;
  mode: number;
  body: string;
}

/**
 * A model of a file system, as an engine makes it of layers: whiteouts hide what lower layers have, then the members
 * follow in order.
 */
export class ModelTree {
  readonly #inodes = new Map<string, Inode>();
  readonly #hiddenTargets: 'lost' | 'found';

  /**
   * Engines read a layer in order, so a hard link finds a target that a whiteout behind it hides: `found`. With `lost`,
   * the model throws in both orders.
   */
  constructor(layers: readonly Entry[][], hiddenTargets: 'lost' | 'found' = 'lost') {
    this.#hiddenTargets = hiddenTargets;
    for (const entries of layers) this.#add(entries);
  }

  /** The paths with all that is to be compared. Paths of the same file have the same first path. */
  listed(): Record<string, string> {
    const first = new Map<Inode, string>();
    const paths = [...this.#inodes.keys()].toSorted();
    return Object.fromEntries(
      paths.map((path) => {
        const inode = this.#inodes.get(path)!;
        if (!first.has(inode)) first.set(inode, path);
        return [path, `${inode.type} ${inode.mode.toString(8)} ${inode.body} ${first.get(inode)}`];
      }),
    );
  }

  #add(entries: readonly Entry[]): void {
    const before = new Map(this.#hiddenTargets === 'found' ? this.#inodes : []);
    for (const { name } of entries) {
      const [above, last] = split(name);
      if (last.startsWith('.wh.')) this.#makeAbove(above);
      if (last === '.wh..wh..opq') this.#clear(above);
      else if (last.startsWith('.wh.')) this.#remove(join(above, last.slice(4)));
    }
    for (const entry of entries) if (!split(entry.name)[1].startsWith('.wh.')) this.#put(entry, before);
  }

  /** `before` has files of lower layers to which hard links may lead although a whiteout hides them. */
  #put(
    { name, type = '0', mode = type === '5' ? 0o755 : 0o644, linkname = '', body = '' }: Entry,
    before: ReadonlyMap<string, Inode>,
  ): void {
    const [above, last] = split(name);
    this.#makeAbove(above);
    const path = join(above, last);
    const linked = type === '1' ? (this.#inodes.get(linkname) ?? before.get(linkname)) : undefined;
    if (type === '1' && linked === undefined) throw new Error(`${name} → ${linkname}, which is not there`);
    if (type !== '5') this.#clear(path);
    this.#inodes.set(path, linked ?? { type, mode, body: type === '2' ? linkname : String(body) });
  }

  #makeAbove(path: string): void {
    for (let at = path; at !== ''; at = split(at)[0]) {
      if (this.#inodes.get(at)?.type === '5') continue;
      this.#inodes.set(at, { type: '5', mode: 0o755, body: '' });
    }
  }

  #remove(path: string): void {
    this.#inodes.delete(path);
    this.#clear(path);
  }

  #clear(path: string): void {
    for (const each of this.#inodes.keys()) if (each.startsWith(`${path}/`)) this.#inodes.delete(each);
  }
}

function split(name: string): [above: string, last: string] {
  const path = name.replace(/\/$/, '');
  const slash = path.lastIndexOf('/');
  return slash < 0 ? ['', path] : [path.slice(0, slash), path.slice(slash + 1)];
}

function join(above: string, name: string): string {
  return above === '' ? name : `${above}/${name}`;
}
