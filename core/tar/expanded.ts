import type { Bytes } from '../model/ports.ts';
import { TarScanner } from './tar.ts';

/**
 * Yields the content of a sparse file, with zeros for its holes. `member` is the file as a tar archive stores it:
 * headers, sparse map and data.
 */
export async function* expanded(member: Bytes): Bytes {
  const scanner = new TarScanner({ member: () => 0, body() {}, streams: () => true });
  for await (const chunk of member) for (const { bytes } of scanner.walk(chunk)) yield bytes;
}
