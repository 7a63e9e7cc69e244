import { crc32 } from 'node:zlib';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { LadingError } from '../core/model/errors.ts';
import type { Bytes } from '../core/model/ports.ts';
import { readRanges } from '../s3/ranges.ts';
import { explained } from './failures.ts';
import type { Remote } from './remote.ts';

/**
 * Downloads the image archive of an upload, as its archive manifest describes it. The archive manifest is the JSON
 * document that says what became of the upload. Yields nothing if it names no image archive. Throws `source-changed`
 * when the image archive is that of another upload, or has a wrong size or CRC-32. The CRC-32 is known only after the
 * last byte: until then the bytes may be wrong. Throws `store-failed` when S3 does not answer.
 */
export async function* imageOf({ result, job }: ArchiveManifest, { access, buckets, results }: Remote): Bytes {
  if (result === null) return;
  const { key, size } = result;
  const there = await results.stat(key);
  const foreign = there?.origin !== null && there?.origin.job !== job;
  if (there === null || there.size !== size || foreign) throw another(key);
  const identity = { bucket: buckets.results, key, versionId: null, etag: there.etag, size, sequencer: null };
  let sum = 0;
  try {
    for await (const chunk of readRanges(access, identity, 0, size)) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw explained(error, `download ${key}`, 'Try again.');
  }
  if (result.crc32 !== null && sum !== Number.parseInt(result.crc32, 16)) throw another(key);
}

function another(key: string): LadingError {
  return new LadingError('source-changed', `Cannot download ${key}: it is not what its manifest tells of. Try again.`);
}
