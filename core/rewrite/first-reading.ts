import { layerReader, mergeLayers, type ReadLayers } from '../files/files.ts';
import type { MergeBudget } from '../files/merge-budget.ts';
import { LIMITS } from '../limits.ts';
import { copied } from '../model/byte-arrays.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { Recipe } from '../model/recipe.ts';
import { decide } from './decide.ts';
import type { Decisions } from './decisions.ts';
import { MemberCutter } from './member-cutter.ts';

/** A callback for the progress of reading layers. It gets the number of decompressed bytes that were read so far. */
export type OnProgress = (bytes: number) => void;

/**
 * Decides what becomes of each tar member of some layers when they are made into one archive, and returns the
 * decisions. The recipe, the description of the new archive, lists the layers. Reads all headers in the layers. No
 * content is kept, but memory grows by some 350 bytes for each path. `budget` limits the work. Callers that make
 * several archives can share one; by default, it is a new budget for this call. Throws `bad-archive` when a limit is
 * exceeded.
 */
export async function decisionsFor(
  { layers, whiteouts }: Recipe,
  source: Source,
  tools: Tools,
  onProgress: OnProgress = () => undefined,
  budget?: MergeBudget,
): Promise<Decisions> {
  const folders = new FolderHeaders();
  const read = headerReader(folders, source, tools, onProgress);
  const tree = await mergeLayers(layers, whiteouts, tools, read, { budget });
  return decide(tree, { headers: folders.headers, members: folders.members, whiteouts });
}

/**
 * Collects the tar headers of directories whose own member may come after a member inside the directory. They are kept
 * in memory because a directory must be written before its files. Headers beyond `LIMITS.movedBytes` bytes are not
 * kept, and these directories are written where they are.
 */
class FolderHeaders {
  readonly headers = new Map<number, Uint8Array>();
  members = 0;
  #bytes = 0;

  take(type: string, header: Uint8Array, isLate: boolean): void {
    const number = this.members++;
    if (!isLate || type !== '5' || this.#bytes + header.length > LIMITS.movedBytes) return;
    this.#bytes += header.length;
    this.headers.set(number, copied(header));
  }
}

function headerReader(folders: FolderHeaders, source: Source, tools: Tools, onProgress: OnProgress): ReadLayers {
  return layerReader(source, tools, onProgress, (take) => {
    const cutter = new MemberCutter(tools);
    const push = (chunk: Uint8Array): void => {
      for (const piece of cutter.cut(chunk))
        if (piece.kind === 'header') folders.take(piece.member.type, piece.bytes, take(piece.member));
    };
    return { push, finish: () => cutter.finish() };
  });
}
