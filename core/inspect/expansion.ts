import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive } from '../model/errors.ts';

/**
 * The count of all bytes that were expanded for one upload: its content, and the content of each of its layers. The
 * bound grows with the bytes of the upload that were read. The layers share the count of the upload, because each of
 * them could expand as much as the upload itself.
 */
export class Expansion {
  readonly #stored: () => number;
  readonly #progress: (stored: number) => void;
  #expanded = 0;

  /**
   * `stored` returns the number of bytes of the upload that were read. `progress` is called with this number after each
   * chunk and each compressed member, also in layers, because a few stored bytes may take minutes to expand.
   */
  constructor(stored: () => number, progress: (stored: number) => void = () => undefined) {
    this.#stored = stored;
    this.#progress = progress;
  }

  /** Counts expanded bytes and reports progress. Throws `bad-archive` (limit-exceeded) when there are too many. */
  add(bytes: number): void {
    this.#expanded += bytes;
    this.check();
  }

  /** Counts a compressed member, stream or frame as LIMITS.memberBytes, because even an empty one takes time. */
  addMember(): void {
    this.add(LIMITS.memberBytes);
  }

  /** Reports progress. Throws `bad-archive` (limit-exceeded) when too many bytes were expanded. */
  check(): void {
    this.#progress(this.#stored());
    if (this.#expanded > LIMITS.contentBytes) throw tooMany(DECOMPRESSED, LIMITS.contentBytes);
    const beyond = this.#expanded - LIMITS.expandedBytes;
    if (beyond > this.#stored() * LIMITS.expansionRatio) throw tooMany(RATIO, LIMITS.expansionRatio);
  }
}

const DECOMPRESSED = { en: 'decompressed bytes', zh: '解压后的字节数' };
const RATIO = {
  en: 'the expansion ratio of the upload and its layers together, beyond the first GiB',
  zh: '超出首个 GiB 之后，上传文件及其各层合计的解压膨胀比',
};

function tooMany(what: { en: string; zh: string }, limit: number): Error {
  return badArchive(finding('limit-exceeded', { what, limit }));
}
