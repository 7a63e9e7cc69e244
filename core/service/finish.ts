import type { Finding } from '../catalogue/findings.ts';
import { type ArchiveManifest, type Cost, manifestOf } from '../manifest/manifest.ts';
import type { Converted } from '../model/converted.ts';
import { completionOf } from './completion.ts';
import type { HandOff } from './job.ts';
import { resultKeys } from './keys.ts';
import type { FindingCounts, Outcome, ServiceDeps } from './outcome.ts';
import { type ResultsToWrite, type WriteOutcome, writeResults } from './write-results.ts';

/**
 * Writes the results of an upload, and sends the event that the work on the upload is complete. `converted` is null
 * when no conversion was tried, and `plan` is null when no archive is to be written. Returns the outcome to log.
 */
export async function finish(
  { id, identity, inspection }: Pick<HandOff, 'id' | 'identity' | 'inspection'>,
  {
    converted,
    plan,
    cost,
    onProgress,
  }: Pick<ResultsToWrite, 'plan' | 'onProgress'> & {
    converted: Converted | null;
    /**
     * Returns what the work on the upload has cost so far, such as the bytes read, but not the writing of the results.
     */
    cost: () => Cost;
  },
  deps: ServiceDeps,
): Promise<Outcome> {
  const as = converted?.kind === 'converted' ? (converted.conversion.result.as ?? 'image') : 'image';
  const key = resultKeys(identity.key)[as];
  const result = plan === null ? null : { key, uri: deps.results.uri(key) };
  const source = { ...identity, digest: null };
  const manifest = (bytesSent: number): ArchiveManifest => {
    const before = cost();
    const paid = { ...before, bytesSent: before.bytesSent + bytesSent };
    const made = manifestOf({ source, inspection, converted, result, cost: paid, version: deps.version });
    return { ...made, job: id, ...(deps.report && { report: true }) };
  };
  const failed = inspection.findings.some((each) => each.code === 'gave-up');
  return conclude(
    await writeResults({ id, identity }, { plan, as, manifest, onProgress, failed }, deps),
    identity.key,
    deps,
  );
}

/**
 * Sends the event that the work on an upload is complete, and returns the outcome to log. Also sends it for results
 * that were already there: the invocation that wrote them may have ended before it sent the event. No event is sent
 * when another job or a newer upload has results that must stay.
 */
export async function conclude(written: WriteOutcome, key: string, { announce }: ServiceDeps): Promise<Outcome> {
  if (written.kind !== 'superseded') await announce?.(completionOf(written.manifest));
  if (written.kind !== 'written') return { kind: written.kind, key };
  const { outcome, archive, findings, cost } = written.manifest;
  return { kind: outcome, key, archive: archive.kind, findings: counted(findings), cost };
}

function counted(findings: Finding[]): FindingCounts {
  const counts: FindingCounts = {};
  for (const { code, more = 0 } of findings) counts[code] = (counts[code] ?? 0) + 1 + more;
  return counts;
}
