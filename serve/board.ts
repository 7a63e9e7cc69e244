import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { excerpt } from '../core/catalogue/brief.ts';
import { LIMITS } from '../core/limits.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';

/**
 * The state of an upload in `lading serve`. `waiting`: the work on it has not begun, or is to be tried again.
 * `reading`: it is inspected. `converting`: an image archive is made of it. `stuck`: an error has ended the work, and
 * none of the upload's results says so. Any other state is the outcome in the upload's archive manifest, the JSON
 * document that says what became of it.
 */
export type State = 'waiting' | 'reading' | 'converting' | 'stuck' | ArchiveManifest['outcome'];

/** An upload as the web page of `lading serve` lists it. */
export interface Shown {
  key: string;
  state: State;
  /** The size of the upload in bytes; null when it is not known yet. */
  size: number | null;
  /** The number of bytes of the upload that were read in state `reading`; 0 in every other state. */
  done: number;
  /** A sentence on what the upload is and what became of it, or why it waits; null when there is nothing to say. */
  summary: Bilingual | null;
  /**
   * Advice for the user when the upload was refused: what to do about the error that is the reason. Null when the
   * upload was not refused.
   */
  remedy: Bilingual | null;
  /**
   * The archive that was made of the upload: its file name, its size in bytes, and up to four names of the images in
   * it. Null when no archive was made.
   */
  image: { file: 'image.tar' | 'rootfs.tar'; size: number; names: string[] } | null;
  /** True when a report, an HTML page about the upload, was written among its results. */
  report: boolean;
}

/**
 * A function that is called when the list of uploads has changed. `shown` is the new entry for the upload with the key
 * `key`; null when the upload is no longer listed.
 */
type Listener = (key: string, shown: Shown | null) => void;

const NEW = { size: null, done: 0, summary: null, remedy: null, image: null, report: false } as const;

/**
 * The shortest time in milliseconds between two messages to listeners about the progress of one upload. In between,
 * progress is only counted.
 */
const PROGRESS_MS = 250;

/** The largest number of image names that the web page shows for one upload. Further names are left out. */
const NAMES = 4;

/**
 * The length in characters to which a sentence about an upload is shortened for the web page. The whole sentence is in
 * the result `manifest.json`.
 */
const CHARACTERS = 600;

const UNDERWAY: ReadonlySet<State> = new Set(['waiting', 'reading', 'converting']);

/**
 * The list of uploads for the web page of `lading serve`: at most `LIMITS.shownUploads` uploads, each with its state.
 * Of more uploads, those that have ended longest ago are left out. The list is empty at each start, and the work on
 * the uploads does not depend on it.
 */
export class Board {
  readonly #shown = new Map<string, Shown>();
  readonly #listeners = new Set<Listener>();
  readonly #told = new Map<string, number>();

  /** Returns all listed uploads. The one that changed last comes last. */
  all(): Shown[] {
    return [...this.#shown.values()];
  }

  /** Calls `listener` for each change of the list of uploads from now on. Returns a function that ends this. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  waiting(key: string, why: Bilingual | null = null): void {
    this.#set({ ...NEW, key, state: 'waiting', summary: why && short(why) });
  }

  begin(key: string, state: 'reading' | 'converting', size: number | null): void {
    this.#set({ ...NEW, key, state, size });
  }

  /**
   * Adds `bytes`, a number of bytes that were just read, to the progress of the upload with the key `key`. Listeners
   * are told at most four times a second. Does nothing when the upload is not listed, or when its work has ended.
   */
  read(key: string, bytes: number): void {
    const shown = this.#shown.get(key);
    if (shown === undefined || !UNDERWAY.has(shown.state)) return;
    shown.done += bytes;
    const now = performance.now();
    if (now - (this.#told.get(key) ?? -Infinity) < PROGRESS_MS) return;
    this.#told.set(key, now);
    this.#tell(key, shown);
  }

  /**
   * Lists an upload as ended, with what its archive manifest, the final JSON about it, says: the outcome, the sentences
   * for the user, and the image archive.
   */
  ended(key: string, manifest: ArchiveManifest): void {
    const { outcome, summary, zh, source, findings, result, report = false } = manifest;
    const error = outcome === 'refused' ? findings.find(({ severity }) => severity === 'error') : undefined;
    const names = result?.images.flatMap((each) => each.names).slice(0, NAMES) ?? [];
    this.#set({
      ...NEW,
      key,
      state: outcome,
      size: source.size,
      summary: short({ en: summary, zh: zh.summary }),
      remedy: error === undefined ? null : short({ en: error.remedy, zh: error.zh.remedy }),
      image: result === null ? null : { file: `${result.as ?? 'image'}.tar`, size: result.size, names },
      report,
    });
  }

  /** Lists an upload as ended by an error. `why` is the sentence that the web page shows about it. */
  stuck(key: string, why: Bilingual): void {
    this.#set({ ...NEW, key, state: 'stuck', summary: short(why) });
  }

  remove(key: string): void {
    this.#told.delete(key);
    if (this.#shown.delete(key)) this.#tell(key, null);
  }

  #set(shown: Shown): void {
    const { key } = shown;
    this.#told.delete(key);
    this.#shown.delete(key);
    this.#shown.set(key, shown);
    this.#tell(key, shown);
    if (this.#shown.size > LIMITS.shownUploads) this.#removeOldest();
  }

  /**
   * Removes one upload from the list to make room: the one that changed longest ago among those whose work has ended.
   * When no work has ended, removes the upload that changed longest ago of all.
   */
  #removeOldest(): void {
    const [first] = this.#shown.keys();
    for (const { key, state } of this.#shown.values()) if (!UNDERWAY.has(state)) return this.remove(key);
    if (first !== undefined) this.remove(first);
  }

  #tell(key: string, shown: Shown | null): void {
    for (const listener of this.#listeners) listener(key, shown);
  }
}

function short({ en, zh }: Bilingual): Bilingual {
  return { en: excerpt(en, CHARACTERS), zh: excerpt(zh, CHARACTERS) };
}
