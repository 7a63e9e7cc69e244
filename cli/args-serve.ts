import { both } from '../core/catalogue/bilingual.ts';
import { COMMAND_FLAGS } from './command-flags.ts';
import { toType, UsageError } from './exit.ts';
import { parse } from './flags.ts';

export interface ServeCommand {
  kind: 'serve';
  /** The folder, or the bucket as `s3://NAME`, from which `lading serve` takes the archives to convert. */
  uploads: string;
  results: string;
  once: boolean;
  /** True when `lading serve` is to write a report, an HTML page, about each archive that it handles. */
  reports: boolean;
  /** The address (`HOST:PORT`, as typed) at which `lading serve` shows its web page. Null when no page is wanted. */
  http: string | null;
  tokenFile: string | null;
  /**
   * The values of the `lading serve` flags that apply only to S3 buckets, by the name of the flag. A flag that the user
   * did not type is absent.
   */
  buckets: Partial<Record<BucketFlag, string>>;
}

type BucketFlag = Exclude<keyof typeof COMMAND_FLAGS.serve, 'help' | 'once' | 'reports' | 'http' | 'token-file'>;

/**
 * Parses `argv`, the arguments after `lading serve`. Returns null for `--help`. Throws a UsageError for wrong
 * arguments.
 */
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
