import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Buckets } from '../../client/remote.ts';
import { both } from '../../core/catalogue/bilingual.ts';
import { asObject, asText, type Json } from '../../core/model/json.ts';
import type { BucketWords } from '../args-service.ts';
import { FileError, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';

/** The file with the stack's outputs, which `cdk deploy --outputs-file` is told to write. */
const OUTPUTS = 'lading-outputs.json';

/**
 * The names of the service's two buckets, each from the first place that has it: the command line, the environment, the
 * configuration of this folder and of this user, the outputs of the stack. Throws a UsageError when no place has it.
 */
export async function bucketsOf(words: BucketWords, { env }: Pick<Io, 'env'>): Promise<Buckets> {
  const config = env['XDG_CONFIG_HOME'] ?? '';
  const places: (() => Promise<Json>)[] = [
    async () => ({ ...words }),
    async () => ({ uploads: env['LADING_UPLOADS'], results: env['LADING_RESULTS'] }),
    async () => await jsonIn('lading.json'),
    async () => await jsonIn(join(config === '' ? join(homedir(), '.config') : config, 'lading', 'config.json')),
    async () => outputsIn(await jsonIn(OUTPUTS)),
  ];
  const found: Partial<Buckets> = {};
  for (const place of places) {
    const { uploads, results } = await place();
    found.uploads ||= asText(uploads) ?? '';
    found.results ||= asText(results) ?? '';
    if (found.uploads !== '' && found.results !== '') return { uploads: found.uploads, results: found.results };
  }
  const missing = found.uploads === '' ? 'uploads' : 'results';
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

/** The bucket names in the outputs of the only stack that has both. Throws a UsageError when two stacks have both. */
function outputsIn(stacks: Json): Json {
  const outputs = Object.values(stacks).flatMap((stack): Json[] => [asObject(stack) ?? {}]);
  const ours = outputs.filter((each) => 'UploadsBucket' in each && 'ResultsBucket' in each);
  if (ours.length > 1)
    throw new UsageError(
      both(`${OUTPUTS} tells of ${ours.length} stacks of Lading.`, `${OUTPUTS} 中有 ${ours.length} 个 Lading 的堆栈。`),
      both('Choose with --uploads and --results.', '请用 --uploads 和 --results 选择。'),
    );
  return { uploads: ours[0]?.['UploadsBucket'], results: ours[0]?.['ResultsBucket'] };
}

/** The object in a JSON file; an empty object when the file is missing. Throws a UsageError or a FileError. */
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
