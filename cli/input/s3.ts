import { both } from '../../core/catalogue/bilingual.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';
import { FileError, toType, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Input } from './input.ts';

const PLACE = /^s3:\/\/([^/]+)\/(.+)$/;

/** True for a name that begins with `s3://`. */
export function isS3(name: string): boolean {
  return name.startsWith('s3://');
}

/**
 * Opens the object in S3 that `name` (`s3://BUCKET/KEY`) names. All reads are of the version that the object has now.
 * Throws a UsageError for a name without a key, and a FileError when the object does not exist or cannot be read.
 */
export async function openS3(name: string, io: Io): Promise<Input> {
  const [, bucket, key] = PLACE.exec(name) ?? [];
  if (bucket === undefined || key === undefined)
    throw new UsageError(
      both(`${name} names no object in S3.`, `${name} 不是 S3 中的对象。`),
      toType('s3://BUCKET/KEY'),
    );
  // Loaded only now: the SDK takes longer to load than a small archive to be read.
  const [{ s3Uploads }, { s3Reason }, { proxyAgents }] = await Promise.all([
    import('../../s3/store.ts'),
    import('../../remote/failures.ts'),
    import('../../remote/proxy.ts'),
  ]);
  const failed = (error: unknown): unknown => {
    if (io.signal.aborted) return io.signal.reason;
    return error instanceof LadingError ? error : new FileError('read', name, new Error(s3Reason(error)));
  };
  const { uploads, close } = s3Uploads(io.env, io.signal, proxyAgents(io.env));
  try {
    const found = await uploads.find({ bucket, key, versionId: null, etag: null, sequencer: null });
    if (found === null) throw new FileError('read', name, new Error('there is no such object, or no such bucket'));
    const { identity } = found;
    const source = translated(uploads.source(identity), failed);
    return {
      name,
      size: identity.size,
      place: identity,
      file: null,
      read: () => source.open(),
      again: source,
      assertUnchanged: async () => undefined,
      close: async () => close(),
    };
  } catch (error) {
    close();
    throw error instanceof FileError ? error : failed(error);
  }
}

/**
 * Wraps a source of bytes. The wrapper yields the same bytes. When the source throws an error, the wrapper throws the
 * result of `failed(error)` instead.
 */
function translated(source: Source, failed: (error: unknown) => unknown): Source {
  return {
    async *open(start?: number, end?: number): Bytes {
      try {
        yield* source.open(start, end);
      } catch (error) {
        throw failed(error);
      }
    },
  };
}
