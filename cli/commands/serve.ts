import { stat } from 'node:fs/promises';
import { both } from '../../core/catalogue/bilingual.ts';
import { brief } from '../../core/catalogue/brief.ts';
import { reporter } from '../../node/report.ts';
import { nativeTools } from '../../node/tools.ts';
import type { ServeCommand } from '../args-serve.ts';
import { EXIT, FileError, toType, UsageError } from '../exit.ts';
import { isS3 } from '../input/s3.ts';
import { type Io, write } from '../io.ts';
import { printable } from '../../core/page/text.ts';
import { VERSION } from '../version.ts';
import { pageDoor } from './serve-doors.ts';

/**
 * Runs `lading serve`: converts all archives that are put into one folder or bucket, and writes the results to another,
 * until a signal such as Ctrl-C ends it. With `--once` it ends when all archives that are there are handled. Returns
 * the exit code: 4 when some archives could not be handled, else 0.
 */
export async function serveCommand(command: ServeCommand, io: Io): Promise<number> {
  const { uploads, results, once } = command;
  if (isS3(uploads) || isS3(results))
    return await (await import('./serve-buckets.ts')).serveBucketsCommand(command, io);
  const [flag] = Object.keys(command.buckets);
  if (flag !== undefined)
    throw new UsageError(
      both(`--${flag} is for buckets, not for folders.`, `--${flag} 用于存储桶，不用于文件夹。`),
      toType('lading serve s3://UPLOADS s3://RESULTS'),
    );
  const http = await pageDoor(command);
  // Loaded only now: the service over buckets needs none of it.
  const { overlaps, serve } = await import('../../serve/folder.ts');
  const found = await stat(uploads).catch((error: unknown) => {
    throw new FileError('read', uploads, error);
  });
  if (!found.isDirectory())
    throw new UsageError(
      both(`Cannot watch ${uploads}: it is no folder.`, `无法监视 ${uploads}：它不是文件夹。`),
      toType('lading serve UPLOADS RESULTS'),
    );
  if (await overlaps(uploads, results)) {
    throw new UsageError(
      both(
        `Cannot write the results to ${results}: one of the two folders lies in the other.`,
        `无法把结果写到 ${results}：两个文件夹中有一个在另一个里面。`,
      ),
      both(
        'Choose two separate folders, so that no result is taken for an upload.',
        '请选择两个互不包含的文件夹，以免结果被当作上传的文件。',
      ),
    );
  }
  // The service goes on without its log, for example when a pager that showed it has ended.
  const say = async (line: string) => await write(io.stdout, `${printable(brief(line))}\n`).catch(() => undefined);
  if (!once) await say(`Watching ${uploads}; results go to ${results}. Ctrl-C ends it.`);
  const { now: clock, signal } = io;
  const report = command.reports ? reporter() : undefined;
  const settings = { uploads, results, once, http: once ? null : http, say, newTools: nativeTools, report, clock };
  const failures = await serve({ ...settings, version: VERSION, signal });
  return failures === 0 ? EXIT.done : EXIT.io;
}
