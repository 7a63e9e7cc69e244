import { compareVersions } from '../../core/clients/outcome.ts';
import type { ClientVerdict } from '../../core/clients/verdicts.ts';

/** True when the verdict says that this version loads the archive; null when that is not known. */
export function loadsIn(verdict: ClientVerdict, version: string): boolean | null {
  if (verdict.loads !== true) return verdict.loads;
  if (verdict.since !== undefined && compareVersions(version, verdict.since) < 0) return false;
  return verdict.before === undefined || compareVersions(version, verdict.before) < 0;
}
