/**
 * How the handling of one key of a queue has ended: `done`, or `later` because another process is handling the key now.
 */
export type Ended = 'done' | 'later';

/** The functions that a work queue calls, and its limits. Times are in milliseconds. */
export interface Work {
  /**
   * Called to handle one key of the queue. Returns how this has ended. If it throws an error, this try to handle the
   * key has failed.
   */
  handle(key: string): Promise<Ended>;
  /**
   * Called after a failed try to handle a key. `pause` is the time to the next try in milliseconds; null when it was
   * the last one. Must not throw.
   */
  failed(key: string, error: unknown, pause: number | null): Promise<void>;
  /**
   * Called when the queue has finished with a key, because it was handled or its last try failed. `mark` is the hash
   * that was given to `add` with the key; null when none was given.
   */
  ended(mark: bigint | null): void;
  /** The largest number of keys that are handled at the same time. */
  atOnce: number;
  /** The largest number of keys in the queue, including those that are being handled. Further keys are not added. */
  limit: number;
  /** The milliseconds between the tries to handle a key. With three pauses there are at most four tries. */
  pauses: readonly number[];
  /**
   * The milliseconds before a key is tried again that another process was handling. Such a try is not counted among
   * the failed ones.
   */
  laterPause: number;
}

interface Entry {
  state: 'waiting' | 'running' | 'paused';
  /** True when the key was added again while it was being handled. It is then handled once more. */
  again: boolean;
  tries: number;
  mark: bigint | null;
  timer?: NodeJS.Timeout;
}

/**
 * A queue of keys that are to be handled. A key is in it only once. Several keys are handled at a time, and failed
 * tries are repeated.
 */
export class WorkQueue {
  readonly #work: Work;
  readonly #entries = new Map<string, Entry>();
  readonly #waiting = new Set<string>();
  #running = 0;
  #stopped = false;
  #changed = Promise.withResolvers<void>();

  constructor(work: Work) {
    this.#work = work;
  }

  get running(): number {
    return this.#running;
  }

  /** The number of keys in the queue that are waiting or paused. */
  get waiting(): number {
    return this.#entries.size - this.#running;
  }

  /**
   * Adds the key of an upload to the queue. `mark` is a hash of what a bucket listing says about the upload; null when
   * the upload was not found by a listing. A key is never in the queue twice. If the key is being handled, and `mark`
   * is null or has changed, the key is handled once more afterwards. If the key is paused, and `mark` is null or
   * differs from an earlier hash, the pause ends, and the earlier tries are forgotten. Returns true when the key is in
   * the queue, false when the queue is full or was stopped.
   */
  add(key: string, mark: bigint | null): boolean {
    const there = this.#entries.get(key);
    if (this.#stopped || (there === undefined && this.#entries.size >= this.#work.limit)) return false;
    if (there === undefined) this.#wait(key, { state: 'waiting', again: false, tries: 0, mark });
    else {
      const changed = mark === null || mark !== there.mark;
      // A listing shows what has failed as well. It tells of something new only if the key had another mark before.
      const isNew = mark === null || (changed && there.mark !== null);
      if (there.state === 'running' && changed) there.again = true;
      there.mark = mark ?? there.mark;
      if (there.state === 'paused' && isNew) this.#wait(key, { ...there, tries: 0 });
    }
    return true;
  }

  /** Resolves when fewer keys wait than may be handled at a time, or when the queue was stopped. */
  async room(): Promise<void> {
    while (this.#waiting.size >= this.#work.atOnce && !this.#stopped) await this.#changed.promise;
  }

  /** Resolves when no key is in the queue any more. If the queue was stopped, resolves when no key is being handled. */
  async idle(): Promise<void> {
    while (this.#stopped ? this.#running > 0 : this.#entries.size > 0) await this.#changed.promise;
  }

  /** Stops the queue: no further key is handled, and none is added. Work that has begun goes on. */
  stop(): void {
    this.#stopped = true;
    for (const { timer } of this.#entries.values()) clearTimeout(timer);
    this.#change();
  }

  #wait(key: string, entry: Entry): void {
    clearTimeout(entry.timer);
    this.#entries.set(key, { ...entry, state: 'waiting' });
    this.#waiting.add(key);
    this.#startNext();
  }

  #startNext(): void {
    const [key] = this.#waiting;
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || entry === undefined || this.#stopped || this.#running >= this.#work.atOnce) return;
    this.#waiting.delete(key);
    entry.state = 'running';
    this.#running += 1;
    void this.#run(key, entry);
  }

  async #run(key: string, entry: Entry): Promise<void> {
    const outcome: Ended | { error: unknown } = await this.#work.handle(key).catch((error: unknown) => ({ error }));
    const failure = typeof outcome === 'string' || (entry.again && !this.#stopped) ? null : outcome;
    const pause = failure === null ? this.#work.laterPause : (this.#work.pauses[entry.tries] ?? null);
    if (failure !== null) await this.#work.failed(key, failure.error, pause);
    this.#running -= 1;
    if (entry.again && !this.#stopped) this.#wait(key, { ...entry, again: false, tries: 0 });
    else if (outcome === 'done' || pause === null) this.#end(key, entry);
    else this.#pause(key, { ...entry, tries: entry.tries + (failure === null ? 0 : 1) }, pause);
    this.#startNext();
    this.#change();
  }

  #pause(key: string, entry: Entry, ms: number): void {
    const paused: Entry = { ...entry, state: 'paused' };
    this.#entries.set(key, paused);
    if (!this.#stopped) paused.timer = setTimeout(() => this.#wait(key, paused), ms);
  }

  #end(key: string, { mark }: Entry): void {
    this.#entries.delete(key);
    this.#work.ended(mark);
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
