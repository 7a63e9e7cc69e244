import { both } from '../core/catalogue/bilingual.ts';
import { COMMAND_FLAGS } from './command-flags.ts';
import { type, UsageError } from './exit.ts';
import { parse } from './flags.ts';

export interface ServeCommand {
  kind: 'serve';
  /** A folder, or a bucket as `s3://NAME`. */
  uploads: string;
  results: string;
  once: boolean;
  /** The other settings as they were typed. They are for buckets only. */
  buckets: Partial<Record<BucketFlag, string>>;
}

type BucketFlag = Exclude<keyof typeof COMMAND_FLAGS.serve, 'help' | 'once'>;

/** Parses the arguments of `lading serve`. Null when help is asked for. Throws a UsageError. */
export function serveCommand(argv: string[]): ServeCommand | null {
  const { values, positionals } = parse('serve', argv, COMMAND_FLAGS.serve);
  if (values.help === true) return null;
  const [uploads, results] = positionals;
  if (uploads === undefined || results === undefined || positionals.length > 2)
    throw new UsageError(
      both('lading serve takes two folders or two buckets.', 'lading serve 需要两个文件夹或两个存储桶。'),
      type('lading serve UPLOADS RESULTS, or lading serve s3://UPLOADS s3://RESULTS'),
    );
  const { help: _, once = false, ...buckets } = values;
  return { kind: 'serve', uploads, results, once, buckets };
}
