import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { countedSource } from '../core/model/counted-source.ts';
import { parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import type { Outcome, ServiceDeps } from '../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../core/service/service.ts';
import type { Results, UploadIdentity, UploadNotice, Uploads } from '../core/service/stores.ts';
import type { Board } from './board.ts';

/** A function that writes one line of text to the log. */
export type Say = (line: string) => Promise<void>;

/**
 * Does all work on one upload. Runs the inspect function and, if it writes a document for the convert function, runs
 * the convert function, too. Logs the outcome of each function. The board, the list of uploads for the web page, shows
 * which function runs; `board` is null when there is no page. Returns the outcome of the function that ran last.
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

/**
 * Wraps a store of uploads, and returns the new store. It tells the board, the list of uploads on the web page, how
 * many bytes of each upload were read.
 */
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

/**
 * Shows on the board, the list of uploads for the web page, what the results of an upload say. An upload without
 * results is removed from the list.
 */
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

/**
 * Reads the archive manifest of the upload with this key, the JSON that says what became of the upload. Null when
 * there is none that this version of Lading can read.
 */
export async function manifestOn(key: string, results: Results): Promise<ArchiveManifest | null> {
  const there = await results.get(resultKeys(key).manifest);
  return there === null ? null : parseManifest(there.bytes);
}
