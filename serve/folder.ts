import { mkdir, realpath, watch } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { both } from '../core/catalogue/bilingual.ts';
import { codeOf, isUnfinished } from '../core/model/errors.ts';
import type { Tools } from '../core/model/ports.ts';
import type { Clock, MakeReport } from '../core/service/stores.ts';
import { listUploads } from '../node/folder-listing.ts';
import { FolderResults, FolderUploads } from '../node/folder-store.ts';
import { Board } from './board.ts';
import { FolderInbox } from './http/folder-inbox.ts';
import { openSite, type SiteDoor } from './http/site.ts';
import { manifestOn, runBoth, type Say, show } from './one-upload.ts';

/** The settings and tools of `lading serve` on a local folder. */
export interface Serving {
  uploads: string;
  results: string;
  /** True to handle only the uploads that are in the folder at the start, and then return. */
  once: boolean;
  /** The address of the web page that shows uploads and results, and takes new uploads; null for no page. */
  http: SiteDoor | null;
  /** Called with one line of text, which it writes to the log. */
  say: Say;
  /**
   * Makes the functions that hash, inflate and compress for one upload. `close` is called after the upload is handled.
   */
  newTools: () => Tools & { close(): void };
  /**
   * Makes the report, an HTML page about one upload, which is written among its results. Absent when no reports are to
   * be written.
   */
  report?: MakeReport | undefined;
  clock: Clock;
  version: string;
  signal: AbortSignal;
  /** The milliseconds for which a file must not change before it counts as complete. Default: 500. */
  settleMs?: number;
}

/**
 * The milliseconds after which the uploads folder is listed again, although the operating system has reported no
 * change in it. Some changes are never reported, such as those by another machine in a network folder.
 */
const LOOK_AGAIN_MS = 5000;
const SETTLE_MS = 500;

/**
 * Inspects each upload in a folder, and converts it to an image archive, until `signal` aborts. With `once`, ends when
 * the uploads that were there at the start are done. Returns the number of times that the work on an upload failed.
 */
export async function serve(serving: Serving): Promise<number> {
  const { http, uploads, results, signal, say } = serving;
  await mkdir(results, { recursive: true });
  if (http === null) return await handleAll(serving, null);
  const board = new Board();
  const inbox = new FolderInbox(uploads);
  await inbox.sweep();
  const store = new FolderUploads(results, signal);
  const shelf = { store, name: store.bucket };
  const onArrival = (key: string): void => board.waiting(key);
  const site = await openSite({ ...http, board, inbox, shelf, onArrival, say });
  try {
    return await handleAll(serving, board);
  } finally {
    await site.close();
  }
}

async function handleAll(serving: Serving, board: Board | null): Promise<number> {
  const { settleMs = SETTLE_MS, signal } = serving;
  const watcher = serving.once ? null : new FolderWatcher(serving.uploads, signal);
  const handled = new Map<string, string>();
  const waits = new Set<string>();
  let told = new Map<string, string>();
  let failures = 0;
  let before = (await listUploads(serving.uploads)).uploads;
  while (!signal.aborted) {
    await pause(settleMs, signal);
    const { uploads: now, passedOver } = await listUploads(serving.uploads);
    for (const [key, why] of passedOver) if (told.get(key) !== why) await serving.say(`${key}: passed over: ${why}.`);
    told = passedOver;
    const due = [...now].filter(([key, etag]) => handled.get(key) !== etag && before.get(key) === etag);
    for (const [key] of due) board?.waiting(key);
    for (const key of [...handled.keys(), ...waits]) {
      if (now.has(key)) continue;
      handled.delete(key);
      waits.delete(key);
      board?.remove(key);
    }
    for (const [key, etag] of due) {
      handled.set(key, etag);
      const ended = await handle(key, etag, { ...serving, isToldOf: waits.has(key) }, board);
      if (ended === 'failed') failures += 1;
      if (ended !== 'waits') waits.delete(key);
      // It is tried again after the next change in the folder, or the next look at it.
      else if (handled.delete(key)) waits.add(key);
    }
    before = now;
    const idle = [...now].every(([key, etag]) => handled.get(key) === etag || waits.has(key));
    if (idle && serving.once) break;
    if (idle) await watcher?.nextChange(LOOK_AGAIN_MS);
  }
  return failures;
}

/**
 * Inspects and converts the upload with the key `key` and the ETag `etag`. Returns `failed` after an error. Returns
 * `waits` when the upload is one archive in several files, and one of these files is not there yet; with `once`,
 * returns `failed` in this case, too. Otherwise returns `done`, also when `signal` has ended the work. `isToldOf` is
 * true when an earlier log line says that this upload waits, so that the log does not say it again. `board` is the
 * list of uploads for the web page; null when there is no page.
 */
async function handle(
  key: string,
  etag: string,
  serving: Serving & { isToldOf: boolean },
  board: Board | null,
): Promise<'done' | 'failed' | 'waits'> {
  const { clock, version, signal, say, once, isToldOf } = serving;
  const report = serving.report && withoutBucket(serving.report);
  const tools = serving.newTools();
  const uploads = new FolderUploads(serving.uploads, signal);
  const results = new FolderResults(serving.results, uploads, tools, signal);
  try {
    const before = await manifestOn(key, results);
    if (before?.source.etag !== etag || before.converter.version !== version) {
      const notice = { bucket: uploads.bucket, key, versionId: null, etag, sequencer: null };
      await runBoth(notice, { uploads, results, tools, clock, version, report }, { say, board });
    }
    if (board !== null) await show(key, results, board);
    return 'done';
  } catch (error) {
    // An interrupted upload is not lost: the next start handles it again.
    if (signal.aborted) return 'done';
    const reason = error instanceof Error ? error.message : String(error);
    if (!once && isUnfinished(codeOf(error))) {
      board?.waiting(key, both(`It waits: ${reason}.`, `等待中：${reason}。`));
      if (!isToldOf) await say(`${key}: waits: ${reason}`);
      return 'waits';
    }
    board?.stuck(key, both(`It could not be handled: ${reason}.`, `无法处理：${reason}。`));
    await say(`${key}: failed: ${reason}`);
    return 'failed';
  } finally {
    tools.close();
  }
}

/**
 * Wraps `report`, a function that makes reports. The new function names an upload in its report only by its path in
 * the folder. Without this, the report would also name a bucket, because the code for uploads treats the folder as a
 * bucket.
 */
function withoutBucket(report: MakeReport): MakeReport {
  return async (manifest) => await report({ ...manifest, source: { ...manifest.source, bucket: null } });
}

/**
 * True when the uploads folder and the results folder are the same, or one is inside the other. `lading serve` would
 * then handle its own results as if they were uploads.
 */
export async function overlaps(uploads: string, results: string): Promise<boolean> {
  const [above, below] = [await realpath(uploads), await placeOf(results)];
  return above === below || below.startsWith(above + sep) || above.startsWith(below + sep);
}

/** Returns the absolute path of a folder, with its symbolic links resolved. The folder need not exist yet. */
async function placeOf(folder: string): Promise<string> {
  const path = resolve(folder);
  return await realpath(path).catch(async () => join(await placeOf(dirname(path)), basename(path)));
}

/**
 * Reports changes in a folder. A change that happens while nobody waits is reported by the next call of `nextChange`.
 */
class FolderWatcher {
  #rang = false;
  #wake = (): void => {};
  readonly #signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.#signal = signal;
    void this.#listen(folder);
  }

  /** Resolves at the next change in the folder, or after `atMostMs` milliseconds. */
  async nextChange(atMostMs: number): Promise<void> {
    const waiting = new AbortController();
    this.#wake = () => waiting.abort();
    if (!this.#rang) await pause(atMostMs, AbortSignal.any([this.#signal, waiting.signal]));
    this.#rang = false;
  }

  async #listen(folder: string): Promise<void> {
    try {
      for await (const _ of watch(folder, { recursive: true, signal: this.#signal })) {
        this.#rang = true;
        this.#wake();
      }
    } catch {
      // Where watching is not possible, `serve` still looks at the folder from time to time.
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
