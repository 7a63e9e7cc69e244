import type { Digest } from './digest.ts';
import type { Sums } from './inspection.ts';
import type { Bytes, Hasher, Tools } from './ports.ts';

/** Computes the size in bytes and the checksums of a stream while its bytes pass through unchanged. */
export class SumsTap {
  readonly #hasher: Hasher;
  readonly #tools: Tools;
  #crc32: number | null;
  /**
   * A function that returns the CRC-32 of the whole stream once the stream has ended. Null when this class computes the
   * CRC-32 itself.
   */
  #known: (() => number) | null = null;
  /** The digest of the whole stream. Null until `sums` was called. */
  #digest: Promise<Digest> | null = null;
  size = 0;

  constructor(tools: Tools, hasher: Hasher = tools.newHasher()) {
    this.#tools = tools;
    this.#crc32 = tools.sumsCrc32 ? 0 : null;
    this.#hasher = hasher;
  }

  /**
   * Makes `sums` take the CRC-32 of the stream from the function `known`, which it calls at the end, instead of
   * computing it. Must be called before any byte passes through. Without effect when no CRC-32 is wanted.
   */
  relyOn(known: () => number): void {
    if (this.#crc32 !== null) this.#known = known;
  }

  async update(chunk: Uint8Array): Promise<void> {
    this.size += chunk.length;
    const hashed = this.#hasher.update(chunk); // may run on another thread, so it is started first
    if (this.#crc32 !== null && this.#known === null) this.#crc32 = this.#tools.crc32(chunk, this.#crc32);
    await hashed;
  }

  async *tap(bytes: Bytes): Bytes {
    for await (const chunk of bytes) {
      await this.update(chunk);
      yield chunk;
    }
  }

  /**
   * Returns the size in bytes and the checksums of all bytes that passed through, once the stream has ended. May be
   * called more than once. The CRC-32 is null when none is wanted.
   */
  async sums(): Promise<Sums> {
    this.#digest ??= this.#hasher.digest();
    return { size: this.size, digest: await this.#digest, crc32: this.#known?.() ?? this.#crc32 };
  }

  /**
   * Ends the computation when the checksums are not needed, for instance because the stream is damaged. It frees the
   * thread and the memory of the hasher.
   */
  discard(): void {
    this.#hasher.discard?.();
  }
}
