import type { Tools } from '../core/model/ports.ts';

/** Tools that count the bytes that they hash. Every byte that is read of an upload is hashed, stored and expanded. */
export function counting(tools: Tools): { tools: Tools; read: () => number } {
  let bytes = 0;
  const newHasher: Tools['newHasher'] = () => {
    const hasher = tools.newHasher();
    return { update: (chunk) => ((bytes += chunk.length), hasher.update(chunk)), digest: () => hasher.digest() };
  };
  return { tools: { ...tools, newHasher }, read: () => bytes };
}
