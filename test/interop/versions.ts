import type { ClientVerdict } from '../../core/clients/clients.ts';
import { compareVersions } from '../../core/clients/outcome.ts';

/** True when the verdict says that this version loads the archive; null when that is not known. */
export function loadsIn(verdict: ClientVerdict, version: string): boolean | null {
  if (verdict.loads !== true) return verdict.loads;
  if (verdict.since !== undefined && compareVersions(version, verdict.since) < 0) return false;
  return verdict.before === undefined || compareVersions(version, verdict.before) < 0;
}
