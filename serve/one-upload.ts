import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { convertUpload, inspectUpload, type Outcome, type ServiceDeps } from '../core/service/service.ts';
import type { Results, UploadNotice } from '../core/service/stores.ts';

/** Writes one line of the log. */
export type Say = (line: string) => Promise<void>;

/**
 * Runs the inspect function for one upload and, if it writes a hand-off, also the convert function. Logs what each has
 * done. Returns the last outcome.
 */
export async function runBoth(notice: UploadNotice, deps: ServiceDeps, say: Say): Promise<Outcome> {
  const inspected = await inspectUpload(notice, deps);
  await say(`${notice.key}: ${await sentence(inspected, deps.results)}`);
  if (inspected.kind !== 'handed-on') return inspected;
  const converted = await convertUpload(inspected.inspectionKey, deps);
  await say(`${notice.key}: ${await sentence(converted, deps.results)}`);
  return converted;
}

async function sentence({ kind, key }: Outcome, results: Results): Promise<string> {
  switch (kind) {
    case 'gone':
      return 'replaced or deleted meanwhile';
    case 'already-done':
      return 'done before';
    case 'superseded':
      return 'its results are those of a newer upload';
    case 'handed-on':
      return 'inspected, goes on to convert';
    case 'handed-back':
      return 'goes back to be inspected again';
    case 'converted':
    case 'recognised':
    case 'refused':
    case 'failed': {
      const manifest = await manifestOn(key, results);
      return `${kind}. ${manifest?.summary ?? ''} See ${results.uri(resultKeys(key).manifest)}`;
    }
  }
}

/** The archive manifest of an upload; null when there is none that this version of Lading can read. */
export async function manifestOn(key: string, results: Results): Promise<ArchiveManifest | null> {
  const there = await results.get(resultKeys(key).manifest);
  return there === null ? null : parseManifest(there.bytes);
}
