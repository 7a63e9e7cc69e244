/** A reader of bytes that a stranger wrote, and what must hold for whatever it is given. */
export interface Target {
  /** Inputs to begin with: a fuzzer that starts from nothing rarely finds its way past a checksum. */
  seeds(): Uint8Array[] | Promise<Uint8Array[]>;
  /**
   * Reads the bytes, and returns how many bytes were read in all, those included that came of them when they were expanded (nothing
   * where that is no question). Throws when the reader breaks a promise; an input that is refused in words is no failure.
   */
  run(bytes: Uint8Array): Promise<Expanded> | Expanded;
}

type Expanded = number | undefined;
