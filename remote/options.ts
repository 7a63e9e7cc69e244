import { isDeepStrictEqual } from 'node:util';
import { encodeWords } from '../core/options/encoded-words.ts';
import { mergeOptions } from '../core/options/options.ts';
import { type Option, OPTION_LIST, type OptionName, type RawOptions } from '../core/options/table.ts';

/**
 * S3's limit in bytes for the user metadata of an object. Larger options are sent as a JSON object of their own. To be
 * safe, Lading includes the prefix `x-amz-meta-` of each field when it compares the size with this limit.
 */
const METADATA_BYTES = 2048;
const PREFIX_BYTES = 'x-amz-meta-'.length;

/**
 * Returns the options of an upload as S3 user metadata, by the name of the option. Options that were not given are left
 * out. Null when the metadata would be too large, or when the service would read other options from it than were given.
 */
export function asMetadata(options: RawOptions): Record<string, string> | null {
  const words = OPTION_LIST.map(([name, option]) => [name, metadataText(option, options[name])] as const);
  const given = words.filter(([, text]) => text !== '');
  const metadata = Object.fromEntries(given.map(([name, text]) => [name, encodeWords(text)]));
  const bytes = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + PREFIX_BYTES + key.length + value.length,
    0,
  );
  if (bytes > METADATA_BYTES) return null;
  const back = mergeOptions({ metadata });
  return back.ok && isDeepStrictEqual(back.value, options) ? metadata : null;
}

function metadataText({ metadata }: Option, value: RawOptions[OptionName]): string {
  if (!Array.isArray(value)) return value === null || value === false ? '' : String(value);
  return metadata === 'commas' ? value.join(',') : value.length === 0 ? '' : JSON.stringify(value);
}

/**
 * Returns the options of an upload as the bytes of a sidecar, a JSON object that is stored beside the upload. Options
 * that were not given are left out.
 */
export function asSidecar(options: RawOptions): Uint8Array {
  const inspect: unknown = options.inspect === null ? null : JSON.parse(options.inspect);
  const given = Object.entries({ ...options, inspect }).filter(([, value]) => {
    return value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
  });
  return Buffer.from(`${JSON.stringify(Object.fromEntries(given), null, 2)}\n`);
}

/**
 * Returns the options of an upload as they are sent. They are sent as S3 user metadata, and `sidecar` is null. If the
 * metadata cannot hold them, it is empty, and `sidecar` has the bytes of a sidecar, a JSON object beside the upload.
 */
export function sentOptions(options: RawOptions): { metadata: Record<string, string>; sidecar: Uint8Array | null } {
  const metadata = asMetadata(options);
  return { metadata: metadata ?? {}, sidecar: metadata === null ? asSidecar(options) : null };
}
