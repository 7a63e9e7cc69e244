/** A fuzz target: code of Lading that reads bytes which a stranger wrote, with checks that must hold for any input. */
export interface Target {
  /** The inputs with which the fuzzer begins. Without any, the fuzzer would rarely get past a checksum. */
  seeds(): Uint8Array[] | Promise<Uint8Array[]>;
  /**
   * Reads an input of the fuzzer, and checks what the code under test makes of it. Throws when a check fails. The code
   * may refuse the input with a LadingError: this is no failure. Returns the number of bytes that were read, those
   * after decompression included; they decide how much CPU time is allowed. Returns undefined when the code
   * decompresses nothing.
   */
  run(bytes: Uint8Array): Promise<Expanded> | Expanded;
}

type Expanded = number | undefined;
