import type { Bilingual } from '../catalogue/bilingual.ts';
import { costOfByte } from '../compression/layer-packer.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { LayerCompression } from '../model/conversion-request.ts';

/**
 * Counts all bytes that were decompressed for one upload, in the upload itself and in its layers. Holes of sparse files
 * count, too. Other work is counted as if more bytes were decompressed (`LIMITS.memberBytes`, `LIMITS.entryBytes`). Both
 * together are limited in relation to the bytes of the upload that were read. The layers share this count, because each
 * of them could expand as much as the upload.
 */
export class Expansion {
  readonly #stored: () => number;
  readonly #progress: (stored: number) => void;
  #expanded = 0;
  /** The number of bytes as which other work counts. */
  #work = 0;
  /** The parts of `#work`, by kind of work. Kinds that were not counted yet are left out. */
  readonly #parts = new Map<Work, number>();

  /**
   * Begins to count decompressed bytes. `stored` returns how many bytes of the upload were read so far. `progress` is
   * called whenever bytes are counted, with the number that `stored` returns.
   */
  constructor(stored: () => number, progress: (stored: number) => void = () => undefined) {
    this.#stored = stored;
    this.#progress = progress;
  }

  /**
   * Counts `bytes` more decompressed bytes, and calls the progress callback. Throws a LadingError (`bad-archive`) when
   * there are too many of them, in all or for the number of bytes of the upload that were read.
   */
  add(bytes: number): void {
    this.#expanded += bytes;
    this.check();
  }

  /**
   * Counts work of the kind `kind`, as the number of decompressed bytes that take as long. Throws like `add`. The error
   * names the kind of work that counted most, if it counted more than the decompressed bytes. An upload with much work
   * for its size is refused, and a large one is not.
   */
  addWork(bytes: number, kind: Work): void {
    this.#work += bytes;
    this.#parts.set(kind, (this.#parts.get(kind) ?? 0) + bytes);
    this.check();
  }

  /** Counts the work to compress bytes of a layer with `compress`; with null or `none`, none is counted. */
  addPacked({ length }: Uint8Array, compress: LayerCompression | null): void {
    this.addWork(length * (costOfByte(compress) - 1), 'packing');
  }

  /** Calls the progress callback. Throws a LadingError (`bad-archive`) if too many bytes were decompressed so far. */
  check(): void {
    this.#progress(this.#stored());
    if (this.#expanded > LIMITS.contentBytes) throw beyondLimit(DECOMPRESSED, LIMITS.contentBytes);
    const beyond = this.#expanded + this.#work - LIMITS.expandedBytes - this.#stored() * LIMITS.expansionRatio;
    if (beyond > 0) throw beyondLimit(this.#reason(beyond), LIMITS.expansionRatio);
  }

  /** Words for what is limited, with the reason why `beyond` bytes too many were counted. */
  #reason(beyond: number): Bilingual {
    if (beyond <= (this.#parts.get('packing') ?? 0)) return PACKED_RATIO;
    const [most] = [...this.#parts].toSorted(([, a], [, b]) => b - a);
    return most !== undefined && most[1] > this.#expanded ? ratioWith(WORK[most[0]]) : RATIO;
  }
}

/** The kinds of work that count as decompressed bytes, in the words of a refusal. */
const WORK = {
  units: { en: 'the members, frames and blocks of compressed data', zh: '压缩数据中的成员、帧和块' },
  recompressed: { en: 'the bytes of compressed layers, or of what is compressed twice', zh: '压缩层或重复压缩的数据' },
  decompressors: { en: 'the number of compressed layers', zh: '压缩层的数量' },
  headers: { en: 'the headers, names and records of members', zh: '成员的头部、名称和记录' },
  inner: { en: 'the archive inside it', zh: '其内部的归档' },
  packing: { en: 'the layers that the option compress asks to compress', zh: '选项 compress 要求压缩的层' },
  layers: { en: 'the layers that its images list', zh: '各镜像列出的层' },
  names: { en: 'the names of its images', zh: '各镜像的名称' },
} as const satisfies Record<string, Bilingual>;

/** A kind of work that counts as decompressed bytes. */
export type Work = keyof typeof WORK;

const DECOMPRESSED = { en: 'decompressed bytes', zh: '解压后的字节数' };
const RATIO = {
  en: 'the expansion ratio of the upload and its layers together, beyond the first GiB',
  zh: '超出首个 GiB 之后，上传文件及其各层合计的解压膨胀比',
};
const PACKED_RATIO = {
  en: `${RATIO.en}, in which a byte counts up to 25 times if the option compress asks to compress it (leave compress out, and compress the image archive yourself)`,
  zh: `${RATIO.zh}，其中选项 compress 要求压缩的每个字节最多按 25 个字节计（请去掉 compress，自行压缩镜像归档）`,
};

function ratioWith({ en, zh }: Bilingual): Bilingual {
  return {
    en: `${RATIO.en} (other work counts as expanded bytes, here mostly that for ${en})`,
    zh: `${RATIO.zh}（其他处理也计为解压出的字节，此处主要是${zh}）`,
  };
}
