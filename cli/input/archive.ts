import { both } from '../../core/catalogue/bilingual.ts';
import { pieceFault, wholeName } from '../../core/inspect/piece-names.ts';
import { UsageError } from '../exit.ts';

/** The archive that a command reads: one file, or a file that was split, whose pieces are given in order. */
export interface Archive {
  /** The name of the archive. If it was split into several files, the name of the file before it was split. */
  file: string;
  /** The names of the files into which the archive was split, in order. Empty when it was not split. */
  pieces: readonly string[];
}

/**
 * The archive that the names of files stand for: one file, or all pieces of a split file. Throws a UsageError when
 * several names are not the pieces of one file, in order.
 */
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

/**
 * The names at the beginning of `files` that are the pieces of one split file, in order, such as `web.tar.aa` and
 * `web.tar.ab`. Always at least the first name.
 */
export function leadingPieces(files: readonly [string, ...string[]]): [string, ...string[]] {
  let count = 1;
  while (count < files.length && pieceFault(files.slice(0, count + 1)) === null) count++;
  return files.slice(0, count) as [string, ...string[]];
}
