import { both } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { isImageBlob } from '../images/documents.ts';
import { printable } from '../model/bytes.ts';
import type { Compression, SingleCompression } from '../model/compression.ts';
import type { Inspection, LayerSource } from '../model/inspection.ts';
import type { Bytes } from '../model/ports.ts';
import type { SumsTap } from '../model/sums.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import type { BodyPiece } from '../tar/observer.ts';
import { checksumFindings } from './checksum-files.ts';
import { Channel } from './pushed-stream.ts';
import type { ArchiveScan } from './scan.ts';

/**
 * Inspects the first file in an archive while the archive is still being read, in case it turns out to be the only
 * file, and is an image archive or a root file system itself.
 */
export class OnlyFile {
  readonly #scan: ArchiveScan;
  readonly #inspect: (bytes: Bytes, sums: SumsTap | null) => Promise<Inspection>;
  #open: { member: Member; channel: Channel; inspection: Promise<Inspection> } | null = null;

  /**
   * Makes a reader that has not seen a file yet. `inspect` is the function that inspects a file. Its arguments are the
   * bytes of the file, and the object with which another reader computes the file's checksums; null if no other reader
   * does.
   */
  constructor(scan: ArchiveScan, inspect: (bytes: Bytes, sums: SumsTap | null) => Promise<Inspection>) {
    this.#scan = scan;
    this.#inspect = inspect;
  }

  /**
   * Takes the next piece of a file. `sums` is the object with which another reader computes the checksums of the file;
   * it was given this piece already. It is null when no other reader needs the checksums.
   */
  async feed({ member, bytes, last }: BodyPiece, sums: SumsTap | null): Promise<void> {
    if (this.#open === null && this.#scan.mayBeOnly && !isImageBlob(cleanPath(member.name))) {
      const channel = new Channel();
      const inspection = this.#inspect(channel.bytes, sums);
      // A failure is thrown at the end of the member. Before that, it must not be an unhandled rejection.
      inspection.catch(() => undefined);
      this.#open = { member, channel, inspection };
    }
    if (this.#open?.member !== member) return;
    await this.#open.channel.write(bytes);
    if (!last) return;
    this.#open.channel.end();
    // Waiting here keeps the inner work inside the limits on time and expansion.
    await this.#open.inspection;
  }

  /**
   * The inspection of the only file in an uploaded archive. Its field `upload` describes the upload, and `compression`
   * names the compressions of the upload and of the file. Null when the archive has more files, apart from checksum
   * files and texts. Null also when the file is sparse, cannot be read to its end, or is neither an image archive nor a
   * root file system. Null, too, when the upload and the file together have more than two compressions.
   */
  async unwrapped({ upload, compression }: Pick<Inspection, 'upload' | 'compression'>): Promise<Inspection | null> {
    if (this.#open === null || !this.#isAlone()) return null;
    const { member, inspection } = this.#open;
    const inner = await inspection;
    const around = wrapped(inner.compression, compression);
    if (
      member.sparse !== null ||
      around === null ||
      inner.content === null ||
      !/^(?:image|rootfs)\//.test(inner.kind)
    ) {
      return null;
    }
    // Offsets in compressed data count from the beginning of its content.
    const start = inner.compression === 'none' ? member.start : 0;
    const path = cleanPath(member.name);
    const name = printable(path);
    const digests = [inner.upload, inner.content].flatMap((each) => each?.digest ?? []);
    return {
      ...inner,
      upload,
      compression: around,
      inside: { member: name, start },
      evidence: [
        both(`it is the only file in the upload: \`${name}\``, `它是上传文件中唯一的文件：\`${name}\``),
        ...inner.evidence,
      ],
      sources: inner.sources.map((source) => source && { ...source, layers: source.layers.map(movedBy(start)) }),
      findings: [
        finding('archive-inside', { member: name, which: this.#scan.strays === 0 ? ONLY_FILE : ONLY_ARCHIVE }),
        ...checksumFindings(this.#scan.checksums, path, digests),
        ...inner.findings,
      ],
    };
  }

  #isAlone(): boolean {
    return this.#scan.files === 1;
  }
}

const ONLY_FILE = both('The only file', '只有一个文件');
const ONLY_ARCHIVE = both('Beside texts and checksums, the only file', '除说明和校验和外只有一个文件');

/**
 * Joins the compression of an archive that is a member of a tar archive with that of the tar archive, as in `gzip in
 * tar in xz`. Null for more than two compressions.
 */
function wrapped(inner: Compression, outer: Compression): Compression | null {
  if (inner === 'none') return outer;
  if (inner.includes(' in ') || outer.includes(' in ')) return null;
  const archive = `${inner as SingleCompression} in tar` as const;
  return outer === 'none' ? archive : `${archive} in ${outer as SingleCompression}`;
}

function movedBy(offset: number): (layer: LayerSource) => LayerSource {
  return ({ sparse, ...layer }) => ({
    ...layer,
    start: layer.start + offset,
    ...(sparse && { sparse: { start: sparse.start + offset, end: sparse.end + offset } }),
  });
}
