import { both } from '../../core/catalogue/bilingual.ts';
import { brief } from '../../core/catalogue/brief.ts';
import type { ServeCommand } from '../args-serve.ts';
import { EXIT, toType, UsageError } from '../exit.ts';
import { type Io, write } from '../io.ts';
import { printable } from '../../core/page/text.ts';
import { reporter } from '../../node/report.ts';
import { VERSION } from '../version.ts';
import { addressIn, pageDoor, readSecret, secretIn } from './serve-doors.ts';

type BucketFlags = ServeCommand['buckets'];

/**
 * The default of `--list-every`: the seconds between two listings of the uploads bucket by `lading serve`. A listing
 * finds the uploads of which no notification told.
 */
const LIST_EVERY = '300';
/** The default of `--at-once`: the number of uploads that `lading serve` handles at a time. */
const AT_ONCE = '2';

/**
 * Runs `lading serve` on two S3 buckets: converts the archives in one, and writes the results to the other, until a
 * signal such as Ctrl-C ends it. With `--once` it ends when all archives in the bucket are handled. Returns the exit
 * code: 4 when some archives could not be handled, else 0.
 */
export async function serveBucketsCommand(command: ServeCommand, io: Io): Promise<number> {
  const { uploads, results, once, buckets: words } = command;
  const buckets = { uploads: bucketIn(uploads), results: bucketIn(results) };
  if (buckets.uploads === buckets.results)
    throw new UsageError(
      both('Uploads and results cannot be in the same bucket.', '上传的文件和结果不能在同一个存储桶中。'),
      both(
        'Choose two buckets, so that no result is taken for an upload.',
        '请选择两个存储桶，以免结果被当作上传的文件。',
      ),
    );
  const listen = words.listen === undefined ? null : addressIn('listen', words.listen);
  const secret = await secretOf(words, io);
  const { isLoopback } = await import('../../serve/http/guard.ts');
  if (listen !== null && secret === null && !isLoopback(listen.host)) throw withoutSecret(listen.host);
  const http = await pageDoor(command);
  const atOnce = whole('at-once', words['at-once'] ?? AT_ONCE, 64);
  const listEvery = whole('list-every', words['list-every'] ?? LIST_EVERY, 86_400) * 1000;
  // When nobody reads the log any more, the work still goes on.
  const say = async (line: string) => await write(io.stdout, `${printable(brief(line))}\n`).catch(() => undefined);
  const { serveBuckets } = await import('../../serve/buckets.ts');
  if (!once) await say(`Serving ${uploads}; results go to ${results}. Ctrl-C ends it.`);
  const report = command.reports ? reporter() : undefined;
  const settings = {
    buckets,
    listen: once ? null : listen,
    http: once ? null : http,
    secret,
    report,
    atOnce,
    listEvery,
    once,
  };
  const failures = await serveBuckets({ ...settings, say, env: io.env, version: VERSION, signal: io.signal });
  return failures === 0 ? EXIT.done : EXIT.io;
}

function bucketIn(name: string): string {
  const [, bucket] = /^s3:\/\/([^/]+)\/?$/.exec(name) ?? [];
  if (bucket !== undefined) return bucket;
  throw new UsageError(
    both(`${name} is no bucket.`, `${name} 不是存储桶。`),
    toType('lading serve s3://UPLOADS s3://RESULTS'),
  );
}

/**
 * The secret that an S3 store must send with its notifications to `lading serve`: the text in the file of
 * `--secret-file`, else that of the variable `LADING_SECRET`. Null when no file is named and the variable is empty or not
 * set. Throws a FileError when the file cannot be read, and a UsageError when the secret is too short.
 */
async function secretOf(words: BucketFlags, { env }: Io): Promise<string | null> {
  const file = words['secret-file'];
  if (file !== undefined) return secretIn(await readSecret(file));
  const text = env['LADING_SECRET'] ?? '';
  return text === '' ? null : secretIn(text);
}

function withoutSecret(host: string): UsageError {
  return new UsageError(
    both(
      `Cannot listen on ${host} without a secret: others than this machine can reach it.`,
      `没有密钥时不能监听 ${host}：其他机器也能访问它。`,
    ),
    both(
      'Give one with --secret-file FILE or LADING_SECRET, or listen on 127.0.0.1.',
      '请用 --secret-file FILE 或 LADING_SECRET 给出密钥，或监听 127.0.0.1。',
    ),
  );
}

function whole(flag: string, word: string, most: number): number {
  const value = Number(word);
  if (/^\d+$/.test(word) && value >= 1 && value <= most) return value;
  throw new UsageError(
    both(
      `--${flag} takes a whole number from 1 to ${most}, not '${word}'.`,
      `--${flag} 需要 1 到 ${most} 的整数，而不是 '${word}'。`,
    ),
    both('See lading serve --help.', '参见 lading serve --help。'),
  );
}
