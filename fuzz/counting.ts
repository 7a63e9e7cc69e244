import type { Tools } from '../core/model/ports.ts';

/** The tools, and how many bytes they have hashed: all that is read of an upload, stored and expanded, is hashed. */
export function counting(tools: Tools): { tools: Tools; read: () => number } {
  let bytes = 0;
  const newHasher: Tools['newHasher'] = () => {
    const hasher = tools.newHasher();
    return { update: (chunk) => ((bytes += chunk.length), hasher.update(chunk)), digest: () => hasher.digest() };
  };
  return { tools: { ...tools, newHasher }, read: () => bytes };
}
