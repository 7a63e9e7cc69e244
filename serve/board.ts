import type { Bilingual } from '../core/catalogue/bilingual.ts';
import { excerpt } from '../core/catalogue/brief.ts';
import { LIMITS } from '../core/limits.ts';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';

/**
 * The state of an upload. `waiting`: it is in the queue. `reading`: it is inspected. `converting`: its image archive is
 * written. `stuck`: an error has ended the work, and there is no manifest of it. The others are outcomes.
 */
export type State = 'waiting' | 'reading' | 'converting' | 'stuck' | ArchiveManifest['outcome'];

/** An upload as the page of `lading serve` lists it. */
export interface Shown {
  key: string;
  state: State;
  /** The size of the upload in bytes; null when it is not known yet. */
  size: number | null;
  /** The bytes of the upload that were read in this state. */
  done: number;
  /** A sentence on what the upload is and what became of it, or why it has to wait. */
  summary: Bilingual | null;
  /** Advice on what to do about the error because of which the upload was refused. */
  remedy: Bilingual | null;
  /** The archive that was made of the upload, and the names of its image; null when none was made. */
  image: { file: 'image.tar' | 'rootfs.tar'; size: number; names: string[] } | null;
  /** True when there is a page about the upload beside its manifest. */
  report: boolean;
}

/** Called when an upload has changed, with `shown` null when it is no longer there. */
type Listener = (key: string, shown: Shown | null) => void;

const NEW = { size: null, done: 0, summary: null, remedy: null, image: null, report: false } as const;

/** The least milliseconds between two reports of the progress of an upload. */
const PROGRESS_MS = 250;

/** The most names of an image that are shown. */
const NAMES = 4;

/** The most characters of a sentence that are shown. The manifest has all of them. */
const CHARACTERS = 600;

const UNDERWAY: ReadonlySet<State> = new Set(['waiting', 'reading', 'converting']);

/**
 * The uploads that changed last, and the state of each, for the page of `lading serve`. It is only a view: nothing
 * depends on it, and it begins empty at each start.
 */
export class Board {
  readonly #shown = new Map<string, Shown>();
  readonly #listeners = new Set<Listener>();
  readonly #told = new Map<string, number>();

  /** All shown uploads. The one that changed last comes last. */
  all(): Shown[] {
    return [...this.#shown.values()];
  }

  /** Calls `listener` for each change from now on. Returns a function that ends this. */
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

  /** Adds to the bytes of an upload that were read. Listeners are told four times a second at most. */
  read(key: string, bytes: number): void {
    const shown = this.#shown.get(key);
    if (shown === undefined || !UNDERWAY.has(shown.state)) return;
    shown.done += bytes;
    const now = performance.now();
    if (now - (this.#told.get(key) ?? -Infinity) < PROGRESS_MS) return;
    this.#told.set(key, now);
    this.#tell(key, shown);
  }

  /** Lists an upload with the outcome, the sentences and the image in its archive manifest. */
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

  /** Lists an upload whose handling has ended with an error. */
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

  /** Removes the upload that changed longest ago, if possible one that has ended. */
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
