import type { Tools } from '../core/model/ports.ts';

/**
 * Wraps `tools`, the functions that Lading's core needs (for hashing, decompressing and so on), so that all hashed
 * bytes are counted. Returns the wrapped tools, and `read`, which returns the number of bytes so far. Each byte of an
 * upload is hashed as it is stored, and again when it is decompressed.
 */
export function counting(tools: Tools): { tools: Tools; read: () => number } {
  let bytes = 0;
  const newHasher: Tools['newHasher'] = () => {
    const hasher = tools.newHasher();
    return { update: (chunk) => ((bytes += chunk.length), hasher.update(chunk)), digest: () => hasher.digest() };
  };
  return { tools: { ...tools, newHasher }, read: () => bytes };
}
