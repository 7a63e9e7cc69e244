import { both } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { isPiece } from '../images/documents.ts';
import { printable } from '../model/bytes.ts';
import type { Inspection, LayerSource } from '../model/inspection.ts';
import type { Bytes } from '../model/ports.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import type { BodyPiece } from '../tar/observer.ts';
import { Channel } from './pushed-stream.ts';
import type { ArchiveScan } from './scan.ts';

/**
 * Inspects the first file in an archive while the archive is still being read. That file may turn out to be the only
 * one, and a container archive itself.
 */
export class OnlyFile {
  readonly #scan: ArchiveScan;
  readonly #inspect: (bytes: Bytes) => Promise<Inspection>;
  #open: { member: Member; channel: Channel; inspection: Promise<Inspection> } | null = null;

  constructor(scan: ArchiveScan, inspect: (bytes: Bytes) => Promise<Inspection>) {
    this.#scan = scan;
    this.#inspect = inspect;
  }

  async feed({ member, bytes, last }: BodyPiece): Promise<void> {
    if (this.#open === null && this.#isAlone() && !isPiece(cleanPath(member.name))) {
      const channel = new Channel();
      const inspection = this.#inspect(channel.bytes);
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
   * The inspection of the only file in an uploaded archive. Its offsets count from the start of the decompressed
   * upload, and its `upload` and `compression` describe the upload. Null when there are more files, or when the file is
   * neither an uncompressed image archive nor a root file system.
   */
  async unwrapped({ upload, compression }: Pick<Inspection, 'upload' | 'compression'>): Promise<Inspection | null> {
    if (this.#open === null || !this.#isAlone()) return null;
    const { member, inspection } = this.#open;
    const inner = await inspection;
    if (
      member.sparse !== null ||
      inner.compression !== 'none' ||
      inner.content === null ||
      !/^(?:image|rootfs)\//.test(inner.kind)
    )
      return null;
    const { start } = member;
    const name = printable(cleanPath(member.name));
    return {
      ...inner,
      upload,
      compression,
      inside: { member: name, start },
      evidence: [
        both(`it is the only file in the upload: \`${name}\``, `它是上传文件中唯一的文件：\`${name}\``),
        ...inner.evidence,
      ],
      sources: inner.sources.map((source) => source && { ...source, layers: source.layers.map(movedBy(start)) }),
      findings: [finding('archive-inside', { member: name }), ...inner.findings],
    };
  }

  #isAlone(): boolean {
    return this.#scan.notFolders === 1;
  }
}

function movedBy(offset: number): (layer: LayerSource) => LayerSource {
  return ({ sparse, ...layer }) => ({
    ...layer,
    start: layer.start + offset,
    ...(sparse && { sparse: { start: sparse.start + offset, end: sparse.end + offset } }),
  });
}
