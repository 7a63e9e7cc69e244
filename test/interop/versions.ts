import type { ClientVerdict } from '../../lambda/core/compat.ts';
import { compareVersions } from '../../lambda/core/compat/outcome.ts';

/** What the verdict says of this version; null when it does not know. */
export function loadsIn(verdict: ClientVerdict, version: string): boolean | null {
  if (verdict.loads !== true) return verdict.loads;
  if (verdict.since !== undefined && compareVersions(version, verdict.since) < 0) return false;
  return verdict.before === undefined || compareVersions(version, verdict.before) < 0;
}
