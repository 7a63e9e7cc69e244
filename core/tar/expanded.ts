import type { Bytes } from '../model/ports.ts';
import { TarScanner } from './tar.ts';

/** The content of a sparse file, from all that an archive stores of it: its headers say where the holes are. */
export async function* expanded(member: Bytes): Bytes {
  const scanner = new TarScanner({ member: () => 0, body() {}, streams: () => true });
  for await (const chunk of member) for (const { bytes } of scanner.walk(chunk)) yield bytes;
}
