import type { Tools } from '../core/model/ports.ts';

/**
 * Tools for Lading's core (hashing, decompressing and so on) that count the bytes that they hash. `read` returns this
 * count. Every byte of an upload is hashed, as it is stored and decompressed.
 */
export function counting(tools: Tools): { tools: Tools; read: () => number } {
  let bytes = 0;
  const newHasher: Tools['newHasher'] = () => {
    const hasher = tools.newHasher();
    return { update: (chunk) => ((bytes += chunk.length), hasher.update(chunk)), digest: () => hasher.digest() };
  };
  return { tools: { ...tools, newHasher }, read: () => bytes };
}
