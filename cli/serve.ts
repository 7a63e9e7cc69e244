import { stat } from 'node:fs/promises';
import { nativeTools } from '../lambda/shell/tools.ts';
import { overlaps, serve } from '../local/serve.ts';
import type { ServeCommand } from './args.ts';
import { EXIT, FileError, UsageError } from './exit.ts';
import { write } from './io.ts';
import type { Io } from './io.ts';
import { printable } from './text.ts';
import { VERSION } from './version.ts';

/** `lading serve`: the two functions over two folders, until Ctrl-C. */
export async function serveCommand(command: ServeCommand, io: Io): Promise<number> {
  const { uploads, results, once } = command;
  const found = await stat(uploads).catch((error: unknown) => {
    throw new FileError('read', uploads, error);
  });
  if (!found.isDirectory())
    throw new UsageError(`Cannot watch ${uploads}: it is no folder.`, 'Type: lading serve UPLOADS RESULTS');
  if (await overlaps(uploads, results)) {
    throw new UsageError(
      `Cannot write the results to ${results}: one of the two folders lies in the other.`,
      'Choose two separate folders, so that no result is taken for an upload.',
    );
  }
  const say = async (line: string) => await write(io.stdout, `${printable(line)}\n`);
  if (!once) await say(`Watching ${uploads}; results go to ${results}. Ctrl-C ends it.`);
  const { now: clock, signal } = io;
  const failures = await serve({ uploads, results, once, say, newTools: nativeTools, clock, version: VERSION, signal });
  return failures === 0 ? EXIT.done : EXIT.io;
}
