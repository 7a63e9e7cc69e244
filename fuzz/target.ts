/** A reader of bytes that a stranger wrote, with checks that must hold for any input. */
export interface Target {
  /** Inputs to begin with. A fuzzer that begins with nothing rarely gets past a checksum. */
  seeds(): Uint8Array[] | Promise<Uint8Array[]>;
  /**
   * Reads the input and checks the answers. Throws when a check fails: to refuse an input with a sentence is right.
   * Returns the number of bytes that were read, expanded ones included; undefined when nothing can be expanded.
   */
  run(bytes: Uint8Array): Promise<Expanded> | Expanded;
}

type Expanded = number | undefined;
