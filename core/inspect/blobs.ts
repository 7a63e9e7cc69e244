import { PackedSums } from '../compression/layer-packer.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { KeepBudget } from '../layer/kept-members.ts';
import { LayerFactsObserver } from '../layer/layer-facts.ts';
import { LayerRules } from '../layer/layer-rules.ts';
import { SparseRules } from '../layer/sparse-rules.ts';
import { LIMITS } from '../limits.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Compression } from '../model/compression.ts';
import type { Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import { sparseStretch } from '../tar/sparse.ts';
import type { BodyPiece, MemberObserver } from '../tar/observer.ts';
import type { Expansion } from './expansion.ts';
import { Channel } from './pushed-stream.ts';
import { type Reading, readLayer } from './read.ts';

/**
 * A document or a layer of an image archive while it is being read: its tar member, and the objects that hash, check
 * and compress its bytes.
 */
interface OpenBlob {
  member: Member;
  channel: Channel;
  stored: SumsTap;
  rules: LayerObserver;
  /** The compressor of the layer; null when the layer is not to be compressed anew. */
  packing: PackedSums | null;
  reading: Promise<Reading>;
}

/**
 * Reads the blobs of an image archive (documents and layers) in the same pass as the archive itself, so that each byte
 * is read only once.
 */
export class BlobReader {
  readonly blobs = new Map<string, ArchiveBlob>();
  readonly #tools: Tools;
  readonly #expansion: Expansion;
  readonly #compress: LayerCompression | null;
  readonly #budget = new KeepBudget();
  #open: OpenBlob | null = null;

  /**
   * Makes a reader that has not read any blob yet. `expansion` counts the decompressed bytes of all blobs. `compress`
   * is the compression that the layers are to get; with `none` or null no layer is compressed anew.
   */
  constructor(tools: Tools, expansion: Expansion, compress: LayerCompression | null) {
    this.#tools = tools;
    this.#expansion = expansion;
    this.#compress = compress;
  }

  /**
   * Takes the next piece of a blob. Returns the object that computes the size and the checksums of the blob as it is
   * stored, so that nobody computes them twice.
   */
  async feed({ member, bytes, last }: BodyPiece): Promise<SumsTap> {
    const open = (this.#open ??= this.#begin(member));
    await Promise.all([open.stored.update(bytes), open.channel.write(bytes)]);
    if (last) await this.#finish(open);
    return open.stored;
  }

  #begin(member: Member): OpenBlob {
    const channel = new Channel();
    const stored = new SumsTap(this.#tools);
    const rules = new LayerObserver(this.#budget);
    const blob: Omit<OpenBlob, 'reading'> = { member, channel, stored, rules, packing: null };
    const reading = readLayer(channel.bytes, stored, this.#tools, rules, this.#expansion, (compression) => {
      const packing = (blob.packing = this.#packing(compression));
      if (packing === null) return undefined;
      return (chunk) => {
        this.#expansion.addPacked(chunk, this.#compress);
        return packing.update(chunk);
      };
    });
    // A failure is thrown at the end of the member. Before that, it must not be an unhandled rejection.
    reading.catch(() => undefined);
    return Object.assign(blob, { reading });
  }

  /**
   * Makes the compressor for a layer that has the given compression. Returns null when the layer has the wanted
   * compression already, or none is wanted. Throws a LadingError (`bad-archive`) when there are too many compressors for
   * so small an upload.
   */
  #packing(compression: Compression): PackedSums | null {
    const compress = this.#compress;
    if (compress === null || compress === 'none' || compress === compression) return null;
    this.#expansion.addWork(LIMITS.packerBytes, 'packing');
    return new PackedSums(compress, this.#tools);
  }

  async #finish(open: OpenBlob): Promise<void> {
    const { member, channel, stored, rules, reading } = open;
    this.#open = null;
    channel.end();
    const { compression, content, fault, end, compressed } = await reading;
    const sums = await stored.sums();
    if (end === null) {
      content.discard();
      open.packing?.discard();
    }
    const path = cleanPath(member.name);
    // Not more than the faults: the rules also have the set of all paths.
    const [{ faults }, { faults: sparse }] = [rules.rules, rules.sparse];
    this.blobs.set(path, {
      path,
      start: member.start,
      sparse: sparseStretch(member),
      stored: sums,
      compression,
      clean: compressed.trailing === null,
      content: end === null ? null : content === stored ? sums : await content.sums(),
      packed: end === null || open.packing === null ? null : await open.packing.sums(),
      members: rules.members,
      facts: rules.facts.facts,
      get findings() {
        return faults.findings;
      },
      get remarks() {
        return sparse.findings;
      },
      kept: rules.rules.kept,
      suspicious: rules.rules.suspicious,
      fault,
    });
  }
}

/** Checks the members of one image layer for what container engines refuse, and collects facts about the members. */
class LayerObserver implements MemberObserver {
  readonly rules: LayerRules;
  readonly sparse = new SparseRules();
  readonly facts = new LayerFactsObserver();
  members = 0;

  constructor(budget: KeepBudget) {
    this.rules = new LayerRules('layer', budget);
  }

  member(member: Member): number {
    this.members++;
    this.rules.check(member, cleanPath(member.name));
    this.sparse.check(member);
    return this.facts.member(member);
  }

  body(member: Member, bytes: Uint8Array): void {
    this.facts.body(member, bytes);
  }
}
