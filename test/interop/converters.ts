import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { run } from '../support/engines.ts';
import { BUCKETS, loadFunctions } from '../support/functions.ts';
import { openEngine, type S3Engine, withoutEngine } from '../support/s3-engine.ts';
import { localClient, makeBuckets } from '../support/s3-harness.ts';

/** The options of a conversion. */
export interface ConversionOptions {
  names: readonly string[];
  changes: readonly string[];
  /** The path of a file with the JSON of `docker inspect`. */
  inspect: string | null;
  compress: string | null;
}

/** One way to convert. All ways must give the same bytes. */
export interface Converter {
  readonly name: string;
  /** Writes the image archive of the file `input` to the file `output`. */
  convert(input: string, options: ConversionOptions, output: string): Promise<void>;
  stop(): Promise<void>;
}

export const LADING: string = fileURLToPath(new URL('../../cli/lading.js', import.meta.url));

/** Converts with the command line. */
export const COMMAND_LINE: Converter = {
  name: 'the command line',
  async convert(input, options, output) {
    const names = options.names.flatMap((name) => ['--name', name]);
    const changes = options.changes.flatMap((change) => ['--change', change]);
    const inspect = options.inspect === null ? [] : ['--inspect', options.inspect];
    const compress = options.compress === null ? [] : ['--compress', options.compress];
    const args = [LADING, 'convert', input, ...names, ...changes, ...inspect, ...compress, '--output', output];
    await run(process.execPath, args, process.env);
  },
  stop: () => Promise.resolve(),
};

/** Converts with the two functions over a real S3 engine. */
async function functionsOverS3(): Promise<Converter> {
  const engine = await openEngine();
  try {
    return await overS3(engine);
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

async function overS3(engine: S3Engine): Promise<Converter> {
  const client = localClient(engine);
  await makeBuckets(client, Object.values(BUCKETS));
  const functions = await loadFunctions(engine);
  const put = (Key: string, Body: Uint8Array | string) =>
    client.send(new PutObjectCommand({ Bucket: BUCKETS.uploads, Key, Body }));
  return {
    name: 'the functions over S3',
    async convert(input, { names, changes, inspect, compress }, output) {
      const key = `exports/${basename(input)}`;
      const recovered = inspect === null ? {} : { inspect: JSON.parse(await readFile(inspect, 'utf8')) as unknown };
      await put(`${key}.lading.json`, JSON.stringify({ name: names, change: changes, compress, ...recovered }));
      await put(key, await readFile(input));
      await functions.run(key);
      const image = new GetObjectCommand({ Bucket: BUCKETS.results, Key: `${key}/image.tar` });
      const { Body } = await client.send(image);
      await writeFile(output, (await Body?.transformToByteArray()) ?? '');
    },
    async stop() {
      client.destroy();
      await engine.stop();
    },
  };
}

/** Starts every way to convert. */
export async function startConverters(): Promise<Converter[]> {
  return withoutEngine === false ? [COMMAND_LINE, await functionsOverS3()] : [COMMAND_LINE];
}
