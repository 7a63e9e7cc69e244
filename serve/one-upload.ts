import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { countedSource } from '../core/model/counted-source.ts';
import { parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { convertUpload, inspectUpload, type Outcome, type ServiceDeps } from '../core/service/service.ts';
import type { Results, UploadIdentity, UploadNotice, Uploads } from '../core/service/stores.ts';
import type { Board } from './board.ts';

/** Writes one line of the log. */
export type Say = (line: string) => Promise<void>;

/**
 * Runs the inspect function for one upload and, if it writes a hand-off, also the convert function. Logs what each has
 * done, and shows it on the board if there is one. Returns the last outcome.
 */
export async function runBoth(
  notice: UploadNotice,
  deps: ServiceDeps,
  { say, board }: { say: Say; board: Board | null },
): Promise<Outcome> {
  const { key } = notice;
  board?.begin(key, 'reading', null);
  const uploads = board === null ? deps.uploads : counted(deps.uploads, board);
  const inspected = await inspectUpload(notice, { ...deps, uploads });
  await say(`${key}: ${await sentence(inspected, deps.results)}`);
  if (inspected.kind !== 'handed-on') return inspected;
  board?.begin(key, 'converting', null);
  const converted = await convertUpload(inspected.inspectionKey, deps);
  await say(`${key}: ${await sentence(converted, deps.results)}`);
  return converted;
}

/** Makes a store of uploads that also counts on the board what is read of each upload. */
function counted(uploads: Uploads, board: Board): Uploads {
  const source = (identity: UploadIdentity): ReturnType<Uploads['source']> => {
    const { key, size } = identity;
    board.begin(key, 'reading', size);
    return countedSource(uploads.source(identity), (bytes) => board.read(key, bytes));
  };
  return {
    find: async (notice) => await uploads.find(notice),
    small: async (bucket, key, most) => await uploads.small(bucket, key, most),
    source,
  };
}

/** Shows on the board what the results of an upload say. Without results, the board no longer lists the upload. */
export async function show(key: string, results: Results, board: Board): Promise<void> {
  const manifest = await manifestOn(key, results);
  if (manifest === null) return board.remove(key);
  board.ended(key, manifest);
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
      const keys = resultKeys(key);
      const places = [...(manifest?.report ? [keys.report] : []), keys.manifest].map((at) => results.uri(at));
      return `${kind}. ${manifest?.summary ?? ''} See ${places.join(' and ')}`;
    }
  }
}

/** The archive manifest of an upload; null when there is none that this version of Lading can read. */
export async function manifestOn(key: string, results: Results): Promise<ArchiveManifest | null> {
  const there = await results.get(resultKeys(key).manifest);
  return there === null ? null : parseManifest(there.bytes);
}
