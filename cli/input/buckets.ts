import type { Buckets } from '../../remote/remote.ts';
import { both } from '../../core/catalogue/bilingual.ts';
import type { BucketWords } from '../args-service.ts';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { files, OUTPUTS, type Place } from './places.ts';

/**
 * Finds the names of the uploads bucket and the results bucket of a Lading service in AWS. Takes each name from the
 * first of these places that has it: the flag, the environment variable (`LADING_UPLOADS`, `LADING_RESULTS`),
 * `lading.json` in this folder, the user's `lading/config.json` in `$XDG_CONFIG_HOME`, and the outputs of `cdk deploy`
 * in this folder. Throws a UsageError when a name is in none of them, and when the outputs are those of several
 * services. Throws a FileError when a file cannot be read.
 */
export async function bucketsOf(words: BucketWords, io: Pick<Io, 'env'>): Promise<Buckets> {
  let uploads = words.uploads || io.env['LADING_UPLOADS'] || '';
  let results = words.results || io.env['LADING_RESULTS'] || '';
  for (const places of files(io)) {
    if (uploads !== '' && results !== '') break;
    const place = only(await places());
    uploads ||= place?.uploads ?? '';
    results ||= place?.results ?? '';
  }
  if (uploads !== '' && results !== '') return { uploads, results };
  const missing = uploads === '' ? 'uploads' : 'results';
  throw new UsageError(
    both(
      `Cannot reach the service: the name of its ${missing} bucket is not known.`,
      `无法连接服务：不知道它的 ${missing} 存储桶的名称。`,
    ),
    both(
      `Give it with --${missing} BUCKET, in LADING_${missing.toUpperCase()}, in lading.json, or let cdk deploy --outputs-file ${OUTPUTS} write it.`,
      `请用 --${missing} BUCKET、LADING_${missing.toUpperCase()} 或 lading.json 给出，或让 cdk deploy --outputs-file ${OUTPUTS} 写出。`,
    ),
  );
}

/** The only Lading service in a configuration file; undefined if it has none. Throws a UsageError if it has several. */
function only(places: Place[]): Place | undefined {
  if (places.length < 2) return places[0];
  throw new UsageError(
    both(
      `${OUTPUTS} tells of ${places.length} stacks of Lading.`,
      `${OUTPUTS} 中有 ${places.length} 个 Lading 的堆栈。`,
    ),
    both('Choose with --uploads and --results.', '请用 --uploads 和 --results 选择。'),
  );
}

/**
 * Throws a UsageError when the Lading service in AWS with the uploads bucket `bucket` would ignore an upload with this
 * key. Configuration files may say which prefix and suffixes a key must have. If none says it, nothing is thrown.
 */
export async function refuseIgnoredKey(key: string, bucket: string, io: Pick<Io, 'env'>): Promise<void> {
  // The names are known already, so a file that cannot be read is none of the user's business now.
  const known = await Promise.all(files(io).map((places) => places().catch(() => [])));
  const place = known
    .flat()
    .find((each) => each.uploads === bucket && (each.prefix !== '' || each.suffixes.length > 0));
  if (place === undefined) return;
  const { prefix, suffixes } = place;
  const rest = key.slice(prefix.length);
  if (key.startsWith(prefix) && (suffixes.length === 0 || suffixes.some((suffix) => rest.endsWith(suffix)))) return;
  throw new UsageError(
    both(
      `Cannot upload to ${key}: the service handles only ${keysAs(prefix, suffixes, ' or ')}.`,
      `无法上传到 ${key}：服务只处理 ${keysAs(prefix, suffixes, ' 或 ')}。`,
    ),
    both('Choose another key with --key.', '请用 --key 换一个键。'),
  );
}

/**
 * Makes the part of a sentence that says which upload keys Lading's service in AWS handles: one pattern for each
 * suffix, such as `team/*.tar`. `or` is the word between two patterns.
 */
function keysAs(prefix: string, suffixes: string[], or: string): string {
  return (suffixes.length === 0 ? [''] : suffixes).map((suffix) => `${prefix}*${suffix}`).join(or);
}
