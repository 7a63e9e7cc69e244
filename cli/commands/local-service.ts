import { mkdir, realpath, watch } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { asObject } from '../../core/model/json.ts';
import type { Tools } from '../../core/model/ports.ts';
import { parseManifest } from '../../core/service/job.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { convertUpload, inspectUpload, type Outcome } from '../../core/service/service.ts';
import type { Clock } from '../../core/service/stores.ts';
import { listUploads } from '../../node/folder-listing.ts';
import { FolderResults, FolderUploads } from '../../node/folder-store.ts';

/** The settings and tools of `lading serve`, the service on a local folder. */
export interface Serving {
  uploads: string;
  results: string;
  /** True to handle the uploads that are in the folder at the start, and then end. */
  once: boolean;
  /** Prints one line about a step of `lading serve`. */
  say: (line: string) => Promise<void>;
  /** Makes the tools for one upload. They are closed after it. */
  newTools: () => Tools & { close(): void };
  clock: Clock;
  version: string;
  signal: AbortSignal;
  /** The milliseconds without a change after which a file counts as complete. Default: 500. */
  settleMs?: number;
}

/** The milliseconds between two looks at the uploads folder when no change is reported. Network folders report none. */
const LOOK_AGAIN_MS = 5000;
const SETTLE_MS = 500;

/** Handles every upload in a folder with the two functions until `signal` aborts. Returns the number that failed. */
export async function serve(serving: Serving): Promise<number> {
  const { settleMs = SETTLE_MS, signal } = serving;
  await mkdir(serving.results, { recursive: true });
  const bell = serving.once ? null : new Bell(serving.uploads, signal);
  const handled = new Map<string, string>();
  let told = new Map<string, string>();
  let failures = 0;
  let before = (await listUploads(serving.uploads)).uploads;
  while (!signal.aborted) {
    await pause(settleMs, signal);
    const { uploads: now, passedOver } = await listUploads(serving.uploads);
    for (const [key, why] of passedOver) if (told.get(key) !== why) await serving.say(`${key}: passed over: ${why}.`);
    told = passedOver;
    for (const [key, etag] of now) {
      if (handled.get(key) === etag || before.get(key) !== etag) continue;
      handled.set(key, etag);
      if (!(await handle(key, etag, serving))) failures += 1;
    }
    before = now;
    const idle = [...now].every(([key, etag]) => handled.get(key) === etag);
    if (idle && serving.once) break;
    if (idle) await bell?.rung(LOOK_AGAIN_MS);
  }
  return failures;
}

/** Runs the inspect function for one upload, and the convert function if there is a hand-off. False after an error. */
async function handle(key: string, etag: string, serving: Serving): Promise<boolean> {
  const { clock, version, signal, say } = serving;
  const tools = serving.newTools();
  const uploads = new FolderUploads(serving.uploads, signal);
  const results = new FolderResults(serving.results, uploads, tools, signal);
  const deps = { uploads, results, tools, clock, version };
  try {
    const before = await manifestOn(key, results);
    if (before?.source.etag === etag && before.converter.version === version) return true;
    let outcome = await inspectUpload({ bucket: uploads.bucket, key, versionId: null, etag, sequencer: null }, deps);
    await say(await line(outcome, results));
    if (outcome.kind === 'handed-on') {
      outcome = await convertUpload(outcome.inspectionKey, deps);
      await say(await line(outcome, results));
    }
    return true;
  } catch (error) {
    // An interrupted upload is not lost: the next start handles it again.
    if (signal.aborted) return true;
    await say(`${key}: failed: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    tools.close();
  }
}

async function line(outcome: Outcome, results: FolderResults): Promise<string> {
  const { key, kind } = outcome;
  switch (kind) {
    case 'gone':
      return `${key}: replaced or deleted meanwhile`;
    case 'already-done':
      return `${key}: done before`;
    case 'superseded':
      return `${key}: its results are those of a newer upload`;
    case 'handed-on':
      return `${key}: inspected, goes on to convert`;
    case 'handed-back':
      return `${key}: goes back to be inspected again`;
    case 'converted':
    case 'recognised':
    case 'refused':
    case 'failed': {
      const manifest = await manifestOn(key, results);
      return `${key}: ${kind}. ${manifest?.summary ?? ''} See ${results.uri(resultKeys(key).manifest)}`;
    }
  }
}

async function manifestOn(key: string, results: FolderResults): Promise<ArchiveManifest | null> {
  const there = await results.get(resultKeys(key).manifest);
  const manifest = there === null ? null : parseManifest(there.bytes);
  // Somebody else may have put a file there, so the fields that are used are checked.
  return asObject(manifest?.source) !== null && asObject(manifest?.converter) !== null ? manifest : null;
}

/** True when the two folders are the same, or one is inside the other: results would then be taken for uploads. */
export async function overlaps(uploads: string, results: string): Promise<boolean> {
  const [above, below] = [await realpath(uploads), await realpath(results).catch(() => join(results))];
  return above === below || below.startsWith(above + sep) || above.startsWith(below + sep);
}

/** Reports changes in a folder. A change that happens while nobody waits is reported at the next wait. */
class Bell {
  #rang = false;
  #wake = (): void => {};
  readonly #signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.#signal = signal;
    void this.#listen(folder);
  }

  /** Resolves at the next change in the folder, or after `atMostMs` milliseconds. */
  async rung(atMostMs: number): Promise<void> {
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
