/** A reader of bytes that a stranger wrote, and what must hold for whatever it is given. */
export interface Target {
  /** Inputs to begin with: a fuzzer that starts from nothing rarely finds its way past a checksum. */
  seeds(): Uint8Array[];
  /** Reads the bytes. Throws when the reader breaks a promise; an input that is refused in words is no failure. */
  run(bytes: Uint8Array): Promise<void> | void;
}
