import { both } from '../../core/catalogue/bilingual.ts';
import { pieceFault, wholeName } from '../../core/inspect/piece-names.ts';
import { UsageError } from '../exit.ts';

/** The archive that a command reads: one file, or a file that was split, whose pieces are given in order. */
export interface Archive {
  /** The name of the archive; for pieces, the name of the file that was split. */
  file: string;
  /** The names of the pieces of the archive, in order. Empty when it was not split. */
  pieces: readonly string[];
}

/** The archive in the files that were named. Throws a UsageError when several are not the pieces of one file. */
export function archiveIn(files: readonly [string, ...string[]]): Archive {
  const [file, ...others] = files;
  if (others.length === 0) return { file, pieces: [] };
  const fault = pieceFault(files);
  const remedy = both(
    'Name one archive, or all pieces of one file in order: web.tar.aa web.tar.ab …',
    '请给出一个归档，或按顺序给出同一文件的全部分片：web.tar.aa web.tar.ab ……',
  );
  if (fault !== null) throw new UsageError(fault, remedy);
  return { file: wholeName(file), pieces: files };
}

/** The pieces with which `files` begins, as long as each is the next one; at least the first file. */
export function leadingPieces(files: readonly [string, ...string[]]): [string, ...string[]] {
  let count = 1;
  while (count < files.length && pieceFault(files.slice(0, count + 1)) === null) count++;
  return files.slice(0, count) as [string, ...string[]];
}
