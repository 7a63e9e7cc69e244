import { randomBytes } from 'node:crypto';
import { type Bilingual, both } from '../../core/catalogue/bilingual.ts';
import { LIMITS } from '../../core/limits.ts';
import { FORGET_MS, type Inbox, type Incoming, problemWith } from './inbox.ts';

/** The answer to a request that cannot be met: the HTTP status, and a sentence for the user. */
export interface Denied {
  status: number;
  why: Bilingual;
}

const SWEEP_MS = 60_000;

/**
 * The largest number of finished uploads that the server remembers; the oldest ones are forgotten first. A client that
 * lost the connection before the last answer can still ask whether its upload is finished, as long as the server
 * remembers it.
 */
const FINISHED = 1000;

/**
 * An upload of one file through the web page, which may take several requests. It is finished when all its bytes have
 * come and the file has appeared among the uploads of the service.
 */
export class Upload {
  readonly key: string;
  readonly size: number;
  /** The options of the upload as the bytes of a JSON document; null when none were given. */
  options: Uint8Array | null = null;
  /** The time of the last request or the last bytes for this upload, in milliseconds of `performance.now()`. */
  moved = performance.now();
  /**
   * The file that is being received. Null when the upload is finished, because the file may hold a buffer of 8 MiB, and
   * finished uploads are remembered for an hour.
   */
  incoming: Incoming | null;
  #turn: Promise<unknown> = Promise.resolve();
  #stop: (() => void) | null = null;

  constructor(key: string, size: number, incoming: Incoming) {
    this.key = key;
    this.size = size;
    this.incoming = incoming;
  }

  get isFinished(): boolean {
    return this.incoming === null;
  }

  /** The number of bytes of the upload that have come. When it is finished, this is its size. */
  get offset(): number {
    return this.incoming?.received ?? this.size;
  }

  /**
   * Handles one request for this upload: waits until all earlier requests for it have ended, calls `work`, and returns
   * what `work` returns. Before it waits, it calls the `stop` function of the last earlier request. This ends that
   * request at once, because its connection may have broken unnoticed. `stop` is called in the same way when a later
   * request comes, and must make `work` end.
   */
  async turn<T>(stop: () => void, work: () => Promise<T>): Promise<T> {
    this.#stop?.();
    this.#stop = stop;
    const done = this.#turn.then(async () => {
      this.moved = performance.now();
      return await work();
    });
    this.#turn = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      this.moved = performance.now();
      if (this.#stop === stop) this.#stop = null;
    }
  }
}

/**
 * The uploads through the web page that are under way or were finished lately. Each has an id that nobody can guess.
 */
export class Intake {
  readonly #inbox: Inbox;
  readonly #uploads = new Map<string, Upload>();
  readonly #timer: NodeJS.Timeout;
  /**
   * The uploads that `create` is beginning, and that have no id yet. They are counted with the unfinished uploads,
   * whose number is limited. Their bytes are counted with those that will still be written, for which the disk must
   * have room.
   */
  readonly #beginning = new Set<{ readonly size: number }>();
  #closed = false;

  constructor(inbox: Inbox) {
    this.#inbox = inbox;
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS).unref();
  }

  /**
   * Begins an upload of `size` bytes through the web page, for a file with the path `key` among the uploads. Returns
   * the id of the upload, or the answer that refuses it: for a wrong key, a file that is too large, too many uploads,
   * or too little room on the disk.
   */
  async create(key: string, size: number): Promise<string | Denied> {
    const problem = problemWith(key);
    if (problem !== null) return { status: 422, why: problem };
    if (size > LIMITS.pageUploadBytes) return { status: 413, why: TOO_LARGE };
    if (this.#closed || this.#unfinished().length + this.#beginning.size >= LIMITS.unfinishedUploads)
      return { status: 503, why: TOO_MANY };
    const beginning = { size };
    this.#beginning.add(beginning);
    try {
      const free = await this.#inbox.free();
      if (free - this.#expectedBytes() < LIMITS.freeDiskBytes) return { status: 507, why: DISK_FULL };
      const incoming = await this.#inbox.begin(key, size);
      if (incoming === null) return { status: 409, why: IN_THE_WAY };
      const id = randomBytes(16).toString('hex');
      this.#uploads.set(id, new Upload(key, size, incoming));
      return id;
    } finally {
      this.#beginning.delete(beginning);
    }
  }

  #unfinished(): Upload[] {
    return [...this.#uploads.values()].filter(({ isFinished }) => !isFinished);
  }

  /** The number of bytes that unfinished uploads will still write to the disk. */
  #expectedBytes(): number {
    const ofOpen = this.#unfinished().reduce((sum, { size, offset }) => sum + size - offset, 0);
    return [...this.#beginning].reduce((sum, { size }) => sum + size, ofOpen);
  }

  find(id: string): Upload | null {
    return this.#uploads.get(id) ?? null;
  }

  /**
   * Appends bytes to an upload, and returns undefined. When there are more bytes than the size that was declared when
   * the upload began, returns the answer that refuses the request.
   */
  async take(upload: Upload, bytes: AsyncIterable<Uint8Array>): Promise<void | Denied> {
    for await (const chunk of bytes) {
      if (upload.offset + chunk.length > upload.size) return { status: 413, why: MORE_THAN_SAID };
      await upload.incoming?.append(chunk);
      upload.moved = performance.now();
    }
  }

  /**
   * Makes the file of an upload appear among the uploads of the service, and returns true. When bytes are missing, or
   * the upload is finished already, does nothing and returns false.
   */
  async finish(upload: Upload): Promise<boolean> {
    if (upload.incoming === null || upload.offset < upload.size) return false;
    await upload.incoming.finish(upload.options);
    upload.incoming = null;
    upload.options = null;
    const finished = [...this.#uploads].filter(([, each]) => each.isFinished);
    for (const [id] of finished.slice(0, -FINISHED)) this.#uploads.delete(id);
    return true;
  }

  async discard(id: string): Promise<void> {
    const upload = this.#uploads.get(id);
    this.#uploads.delete(id);
    await upload?.incoming?.discard();
  }

  /** Forgets the uploads for which nothing has come for an hour. If one was unfinished, its bytes are deleted. */
  async sweep(): Promise<void> {
    for (const [id, { moved }] of this.#uploads) if (performance.now() - moved > FORGET_MS) await this.discard(id);
  }

  /** Discards all unfinished uploads, and refuses new ones from now on. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#uploads].map(async ([id, each]) => await each.turn(NOTHING, () => this.discard(id))));
  }
}

const NOTHING = (): void => undefined;

const MOST_GIB = LIMITS.pageUploadBytes / 2 ** 30;
const TOO_LARGE = both(
  `The file has more than ${MOST_GIB} GiB. Send it with lading upload, or put it into the folder.`,
  `文件超过 ${MOST_GIB} GiB。请用 lading upload 发送，或把它放进文件夹。`,
);
const TOO_MANY = both(
  'Too many uploads are under way. Try again when one of them has ended.',
  '正在进行的上传太多。请等其中一个结束后重试。',
);
const DISK_FULL = both(
  'There is too little room on the disk of the service. Free some, and try again.',
  '服务所在磁盘的空间不足。请腾出空间后重试。',
);
const IN_THE_WAY = both(
  'A folder has this name, or a file has the name of the folder. Choose another name.',
  '已有同名的文件夹，或有文件与其文件夹同名。请换一个名称。',
);
const MORE_THAN_SAID = both(
  'More bytes came than the upload was said to have. Begin it again.',
  '收到的字节多于声明的大小。请重新上传。',
);
