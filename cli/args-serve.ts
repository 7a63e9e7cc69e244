import { both } from '../core/catalogue/bilingual.ts';
import { COMMAND_FLAGS } from './command-flags.ts';
import { toType, UsageError } from './exit.ts';
import { parse } from './flags.ts';

export interface ServeCommand {
  kind: 'serve';
  /** The place of the uploads for `lading serve`: a folder, or a bucket as `s3://NAME`. */
  uploads: string;
  results: string;
  once: boolean;
  /** True to write a report beside each manifest. */
  reports: boolean;
  /** The address of the web page of `lading serve`, as the user typed it; null for none. */
  http: string | null;
  tokenFile: string | null;
  /** The flags of `lading serve` that are only for buckets, as they were typed. */
  buckets: Partial<Record<BucketFlag, string>>;
}

type BucketFlag = Exclude<keyof typeof COMMAND_FLAGS.serve, 'help' | 'once' | 'reports' | 'http' | 'token-file'>;

/** Parses the arguments of `lading serve`. Null when help is asked for. Throws a UsageError for wrong arguments. */
export function serveCommand(argv: string[]): ServeCommand | null {
  const { values, positionals } = parse('serve', argv, COMMAND_FLAGS.serve);
  if (values.help === true) return null;
  const [uploads, results] = positionals;
  if (uploads === undefined || results === undefined || positionals.length > 2)
    throw new UsageError(
      both('lading serve takes two folders or two buckets.', 'lading serve 需要两个文件夹或两个存储桶。'),
      toType('lading serve UPLOADS RESULTS, or lading serve s3://UPLOADS s3://RESULTS'),
    );
  const { help: _, once = false, reports = false, http = null, 'token-file': tokenFile = null, ...buckets } = values;
  return { kind: 'serve', uploads, results, once, reports, http, tokenFile, buckets };
}
