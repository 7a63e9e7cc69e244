import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { both } from '../../core/catalogue/bilingual.ts';
import { asList, asObject, asText, type Json } from '../../core/model/json.ts';
import { FileError, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/**
 * The name of the file in which the command line looks for the names of the buckets of a Lading service. It is the file
 * that `cdk deploy --outputs-file` should write.
 */
export const OUTPUTS = 'lading-outputs.json';

/**
 * A Lading service in AWS, as one configuration file describes it: the names of its two buckets, and the keys of the
 * uploads that it handles. A name is empty when the file does not have it.
 */
export interface Place {
  uploads: string;
  results: string;
  /** The beginning that upload keys must have; Lading's service ignores other uploads. Empty: any key will do. */
  prefix: string;
  /** The endings that upload keys may have; Lading's service ignores other uploads. Empty list: any key will do. */
  suffixes: string[];
}

/**
 * One function for each configuration file that may name the buckets of a Lading service, the most important first.
 * Each function reads its file, and returns one entry for each service in it, or throws a UsageError or a FileError.
 */
export function files({ env }: Pick<Io, 'env'>): (() => Promise<Place[]>)[] {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  const user = join(config === '' ? join(homedir(), '.config') : config, 'lading', 'config.json');
  return [
    async () => [configured(await jsonIn('lading.json'))],
    async () => [configured(await jsonIn(user))],
    async () => outputsIn(await jsonIn(OUTPUTS)),
  ];
}

function configured({ uploads, results, prefix, suffixes }: Json): Place {
  return {
    uploads: asText(uploads) ?? '',
    results: asText(results) ?? '',
    prefix: asText(prefix) ?? '',
    suffixes: asList(suffixes).flatMap((each) => asText(each) ?? []),
  };
}

/**
 * Finds the Lading services in `stacks`, the JSON that `cdk deploy --outputs-file` writes. Returns an entry for each
 * CloudFormation stack that is a Lading service. The entry has the names of the service's buckets, and the prefix and
 * suffixes of the upload keys that the service handles.
 */
function outputsIn(stacks: Json): Place[] {
  const outputs = Object.values(stacks).flatMap((stack): Json[] => [asObject(stack) ?? {}]);
  const ours = outputs.filter((each) => 'UploadsBucket' in each && 'ResultsBucket' in each);
  return ours.map((each) => {
    const suffixes = asText(each['UploadSuffixes']) ?? '';
    return configured({
      uploads: each['UploadsBucket'],
      results: each['ResultsBucket'],
      prefix: each['UploadPrefix'],
      suffixes: suffixes === '' ? [] : suffixes.split(','),
    });
  });
}

/**
 * Reads the JSON object in a file. Returns an empty object when there is no such file. Throws a UsageError when the
 * file has no JSON object, and a FileError when it cannot be read.
 */
async function jsonIn(file: string): Promise<Json> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return '{}';
    throw new FileError('read', file, error);
  });
  try {
    const object = asObject(JSON.parse(text));
    if (object !== null) return object;
  } catch {
    // The error below covers this case, too.
  }
  throw new UsageError(
    both(`Cannot read ${file}: it is not a JSON object.`, `无法读取 ${file}：它不是 JSON 对象。`),
    both('Correct it, or take it away.', '请改正它，或移走它。'),
  );
}
