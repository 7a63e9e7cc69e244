import { both } from '../../core/catalogue/bilingual.ts';
import { joinedSource } from '../../core/model/joined-source.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Archive } from './archive.ts';
import type { Input } from './input.ts';
import { type Needed, openInput } from './source.ts';

/**
 * Opens an archive: one file, pipe or object in S3, or all pieces of a split file, which are read as one. `needed` says
 * how often the archive will be read. Throws a UsageError for a piece that is a pipe, and a FileError when a file
 * cannot be opened.
 */
export async function openArchive({ file, pieces }: Archive, needed: Needed, io: Io): Promise<Input> {
  if (pieces.length === 0) return await openInput(file, needed, io);
  const opened: Input[] = [];
  try {
    for (const name of pieces) {
      const piece = await openInput(name, 'once', io);
      opened.push(piece);
      if (piece.size !== null) continue;
      throw new UsageError(
        both(`Cannot read ${name} as a piece: it is a pipe.`, `无法把 ${name} 作为分片读取：它是管道。`),
        both('Join the pieces, and pass them on: cat PIECES | lading …', '请合并分片后传入：cat PIECES | lading ……'),
      );
    }
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
  return joined(file, opened);
}

function joined(name: string, pieces: readonly Input[]): Input {
  const size = pieces.reduce((sum, piece) => sum + (piece.size ?? 0), 0);
  const again = joinedSource(pieces.map((piece) => ({ size: piece.size ?? 0, source: piece.again })));
  return {
    name,
    size,
    place: {
      bucket: null,
      key: name,
      versionId: null,
      etag: null,
      pieces: pieces.map((piece) => ({ key: piece.place.key, size: piece.size ?? 0 })),
    },
    file: null,
    read: () => again.open(),
    again,
    async assertUnchanged() {
      for (const piece of pieces) await piece.assertUnchanged();
    },
    close: () => closeAll(pieces),
  };
}

async function closeAll(inputs: readonly Input[]): Promise<void> {
  for (const input of inputs) await input.close();
}
