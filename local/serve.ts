import { mkdir, readdir, realpath, stat, watch } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIDECAR_SUFFIX, resultKeys } from '../lambda/core/service/keys.ts';
import type { ArchiveManifest } from '../lambda/core/manifest.ts';
import type { Clock, Tools } from '../lambda/core/ports.ts';
import { convertUpload, inspectUpload } from '../lambda/core/service.ts';
import type { Outcome } from '../lambda/core/service.ts';
import { etagOf, isTemporary } from './files.ts';
import { FolderResults, FolderUploads } from './folder-store.ts';

/** The settings of the local service, and what it works with. */
export interface Serving {
  uploads: string;
  results: string;
  /** Handle the uploads that are there, and end. */
  once: boolean;
  /** Writes one line about a step. */
  say: (line: string) => Promise<void>;
  /** Makes the tools for one upload. They are closed after it. */
  newTools: () => Tools & { close(): void };
  clock: Clock;
  version: string;
  signal: AbortSignal;
  /** Milliseconds without a change after which a file counts as complete. Default: 500. */
  settleMs?: number;
}

/** Milliseconds between two looks at the folder when no change is reported. Network folders report none. */
const LOOK_AGAIN_MS = 5000;
const SETTLE_MS = 500;

/** Handles every upload with the two functions until `signal` aborts. Returns the number of uploads that failed. */
export async function serve(serving: Serving): Promise<number> {
  const { settleMs = SETTLE_MS, signal } = serving;
  await mkdir(serving.results, { recursive: true });
  const bell = serving.once ? null : new Bell(serving.uploads, signal);
  const handled = new Map<string, string>();
  const passedOver = new Set<string>();
  let failures = 0;
  let before = (await look(serving.uploads)).uploads;
  while (!signal.aborted) {
    await pause(settleMs, signal);
    const { uploads: now, unreadable } = await look(serving.uploads);
    for (const key of unreadable.filter((each) => !passedOver.has(each))) {
      passedOver.add(key);
      await serving.say(`${key}: passed over: its name is not UTF-8. Rename the file.`);
    }
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

/**
 * Runs the inspect function for one upload, and then, if it writes a hand-off, the convert function. False when one of
 * them threw.
 */
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
    case 'converted':
    case 'recognised':
    case 'refused': {
      const manifest = await manifestOn(key, results);
      return `${key}: ${kind}. ${manifest?.summary ?? ''} See ${results.uri(resultKeys(key).manifest)}`;
    }
  }
}

async function manifestOn(key: string, results: FolderResults): Promise<ArchiveManifest | null> {
  const manifest = await results.get(resultKeys(key).manifest);
  try {
    return manifest === null ? null : (JSON.parse(Buffer.from(manifest.bytes).toString()) as ArchiveManifest);
  } catch {
    return null;
  }
}

/** The uploads in a folder with their ETags, and the files that cannot be opened because their names are not UTF-8. */
interface Listing {
  uploads: Map<string, string>;
  unreadable: string[];
}

async function look(folder: string): Promise<Listing> {
  const found = new Map<string, string>();
  const unreadable: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path).split(sep).join('/');
    if (!entry.isFile() || !isUpload(key)) continue;
    const stats = await stat(path, { bigint: true }).catch(() => null);
    if (stats !== null) found.set(key, etagOf(stats));
    else if (key.includes(NOT_UTF8)) unreadable.push(key);
  }
  return { uploads: new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1))), unreadable };
}

/** The character that Node puts in place of bytes that are not UTF-8. */
const NOT_UTF8 = '\u{fffd}';

/** False for a sidecar, which belongs to an upload, and for a hidden or temporary file. */
function isUpload(key: string): boolean {
  return !key.endsWith(SIDECAR_SUFFIX) && !key.split('/').some((name) => name.startsWith('.') || isTemporary(name));
}

/** True when the two folders are the same, or one is inside the other. Then results would be taken for uploads. */
export async function overlaps(uploads: string, results: string): Promise<boolean> {
  const [above, below] = [await realpath(uploads), await realpath(results).catch(() => join(results))];
  return above === below || below.startsWith(above + sep) || above.startsWith(below + sep);
}

/** Waits for changes in a folder. A change that comes while nobody waits is remembered. */
class Bell {
  #rang = false;
  #wake = (): void => {};
  readonly #signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.#signal = signal;
    void this.#listen(folder);
  }

  /** Resolves at the next change, or after `atMostMs` milliseconds. */
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
